/// How close in time contacts must lie to be told to belong together.
package struct ContextSettings: Equatable, Sendable {
    /// Minutes around a parent's traffic within which a sub-processor's host is its own, and after a product's
    /// contact within which another destination appears with it.
    package var window = 2
    /// Minutes in which a destination must be seen with a product before it is said to appear with it.
    package var support = 5

    /// Longer windows would call everything of a school day near.
    package static let windowLimit = 8

    package init() {}
}

extension RegisterYAML {
    /// The `context:` table: every key is optional.
    func context(_ value: YAMLValue) -> ContextSettings {
        var settings = ContextSettings()
        guard let map = value.map("the context table", keys: ["window", "support"]) else { return settings }
        if let stated = map["window"], let window = stated.count() {
            if (1...ContextSettings.windowLimit).contains(window) {
                settings.window = window
            } else {
                stated.problem("a window has 1 to \(ContextSettings.windowLimit) minutes")
            }
        }
        if let stated = map["support"], let support = stated.count() {
            if support > 0 { settings.support = support } else { stated.problem("support is at least 1") }
        }
        return settings
    }
}
