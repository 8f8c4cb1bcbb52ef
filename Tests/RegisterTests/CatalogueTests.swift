import Bytes
import Testing

@testable import Register

/// The catalogue that ships with the program loads beside the example register and is as large as it says.
@Suite struct CatalogueTests {
    private static func allowlists() throws -> Register {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try Register.load("/\(root)/allowlists")
    }

    @Test func thirdPartiesHaveOwnerCategoryAndSource() throws {
        let register = try CatalogueTests.allowlists()
        #expect(register.thirdParties.reduce(0) { $0 + $1.domains.count } >= 400)
        for party in register.thirdParties {
            #expect(
                party.owner?.isEmpty == false && !party.category.isEmpty && party.source != nil,
                "\(party.place)")
        }
        #expect(register.platform.reduce(0) { $0 + $1.domains.count } >= 100)
    }

    @Test func vendorsOfTheCatalogueHaveDomainsAndNoAgreement() throws {
        let vendors = try CatalogueTests.allowlists().vendors.filter {
            $0.place.file.hasSuffix("catalogue/vendors.yaml")
        }
        #expect(vendors.count >= 150)
        for vendor in vendors {
            #expect(vendor.agreements.isEmpty, "\(vendor.id)")
            #expect(!vendor.products.flatMap(\.domains).isEmpty, "\(vendor.id)")
        }
    }

    @Test func noDomainHasTwoOwners() throws {
        let register = try CatalogueTests.allowlists()
        var owners: [DomainEntry: String] = [:]
        func claim(_ domain: ListedDomain, _ owner: String) {
            if let other = owners[domain.entry] {
                Issue.record("\(domain.entry): \(owner) at \(domain.place), and \(other)")
            }
            owners[domain.entry] = "\(owner) at \(domain.place)"
        }
        // A domain that changed hands has two owners, one after the other.
        var hands: [DomainEntry: ThirdParty] = [:]
        for party in register.thirdParties {
            for domain in party.domains {
                if let other = hands[domain.entry] {
                    let ends = other.validTo.map { $0.daysSince1970 + 1 }
                    #expect(ends != nil, "\(domain.entry) has two owners at once")
                    #expect(ends == party.validFrom?.daysSince1970, "\(domain.entry) has a gap or an overlap")
                    continue
                }
                hands[domain.entry] = party
                claim(domain, party.owner ?? "nobody")
            }
        }
        for service in register.platform { for domain in service.domains { claim(domain, service.owner) } }
        for vendor in register.vendors {
            for domain in vendor.products.flatMap(\.domains) { claim(domain, vendor.name) }
        }
    }

    @Test func onlyCarriersMayNameASharedSuffix() throws {
        let carrier = "third_parties: [{owner: A, category: cdn, domains: [cloudfront.net]}]\n"
        #expect(try Register.parse(yaml: carrier).thirdParties.count == 1)
        for text in [
            "third_parties: [{owner: A, category: advertising, domains: [cloudfront.net]}]\n",
            "third_parties: [{owner: A, category: cdn, domains: [co.uk]}]\n",
            "platform: [{owner: A, function: time, domains: [cloudfront.net]}]\n",
        ] {
            #expect(throws: RegisterError.self, "\(text)") { try Register.parse(yaml: text) }
        }
    }
}
