import Bytes
import FuzzBodies
package import FuzzDriver

/// The name that SwiftPM gives the program's entry point.
@_cdecl("LeaseFuzzer_main")
package func entry(_ count: CInt, _ arguments: FuzzArguments) -> CInt {
    unsafe runFuzzer(count, arguments) { data, size in
        unsafe fuzzInput(data, size).withRawSpan(FuzzBodies.leases)
        return 0
    }
}
