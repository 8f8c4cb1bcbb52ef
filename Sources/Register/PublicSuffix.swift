import CPublicSuffix

/// The Public Suffix List, private section included, as libpsl was built with it.
///
/// This file is the whole of the contact with libpsl, and the only one here that is `unsafe`: it hands
/// NUL-terminated copies of Swift strings to C and reads back an offset into them.
package enum PublicSuffixList {
    /// Whether different parties may register names directly beneath `name` (an A-label in lower case).
    ///
    /// A top-level domain that the list does not know counts as a suffix, by the list's own default rule.
    package static func isSuffix(_ name: String) -> Bool {
        unsafe name.withCString { text in
            unsafe psl_is_public_suffix(psl_builtin(), text) == 1
        }
    }

    /// Whether `name` is a suffix of the list's ICANN section, such as `com` or `co.uk`, and not a company's.
    package static func isRegistrySuffix(_ name: String) -> Bool {
        unsafe name.withCString { text in
            unsafe psl_is_public_suffix2(psl_builtin(), text, PSL_TYPE_ICANN) == 1
        }
    }

    /// The suffix plus one label: the part of `name` that one party registered. Nil for a suffix itself.
    package static func registrableDomain(of name: String) -> String? {
        let count = name.utf8.count
        // libpsl answers with a pointer into its argument, so the length of the rest tells where it starts.
        let kept: Int? = unsafe name.withCString { text in
            guard let rest = unsafe psl_registrable_domain(psl_builtin(), text) else { return nil }
            return unsafe rest - text
        }
        guard let start = kept, start >= 0, start < count else { return nil }
        return String(name.utf8.dropFirst(start))
    }
}
