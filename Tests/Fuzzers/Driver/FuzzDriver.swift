/// What libFuzzer calls with each input.
package typealias FuzzEntry = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

/// libFuzzer's own main.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<FuzzArguments>, _ entry: FuzzEntry
) -> CInt

package typealias FuzzArguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

package func runFuzzer(_ count: CInt, _ arguments: FuzzArguments, _ entry: FuzzEntry) -> CInt {
    var (count, arguments) = unsafe (count, arguments)
    return unsafe runDriver(&count, &arguments, entry)
}

/// A copy of libFuzzer's input.
package func fuzzInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: data, count: size))
}
