import Foundation
import Testing

/// The HTML report in a real browser.
@Suite(
    .serialized,
    .enabled(if: Browser.program != nil, "Chromium is not installed: apt-get install chromium"))
struct BrowserTests {
    /// Elements whose box leaves the screen's width, those inside a chart aside, which scale with it.
    static let overflow = """
        (() => { const width = document.documentElement.clientWidth; const found = [];
          if (document.documentElement.scrollWidth > width) found.push('page ' + document.documentElement.scrollWidth);
          for (const element of document.body.querySelectorAll('*')) {
            if (element.closest('.unseen, .skip, thead') || element.closest('svg') && element.tagName !== 'svg') continue;
            const style = getComputedStyle(element);
            if (style.display === 'none') continue;
            const box = element.getBoundingClientRect();
            if (box.width > 0 && (box.right > width + 0.5 || box.left < -0.5))
              found.push(element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 60));
            if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && style.display !== 'inline')
              found.push('inside ' + element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 60));
          }
          return found; })()
        """

    private func page(_ arguments: [String], in folder: URL) throws -> URL {
        let file = folder.appendingPathComponent("report.html")
        let result = try Tool.run(
            ["analyze", "captures/", "--quiet", "--format", "html", "--output", file.path] + arguments)
        #expect(result.code == 0, "\(result.errors)")
        return file
    }

    @Test(arguments: ["officer", "team", "year", "families"])
    func thePageStandsInABrowser(readers: String) throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try page(["--for", readers], in: folder)
        let browser = try Browser()
        for (width, dark) in [(1280, false), (1280, true), (390, false), (390, true)] {
            try browser.show(width: width, dark: dark)
            try browser.open(file)
            _ = try browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            let found = try browser.evaluate(BrowserTests.overflow) as? [String]
            #expect(found == [], "\(readers) at \(width)")
            #expect(browser.complaints == [])
            #expect(browser.requests == [file.absoluteString])
            let picture = try browser.screenshot()
            #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47]) && picture.count > 20_000)
        }
        for (width, height) in [(8.27, 11.69), (8.5, 11.0)] {
            let pdf = try browser.pdf(width: width, height: height)
            #expect(pdf.starts(with: Array("%PDF-".utf8)) && pdf.count > 20_000)
        }
    }

    @Test func theMeasuresFindWhatIsWrong() throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("wide.html")
        try Data(
            """
            <!DOCTYPE html><title>x</title><p style="width:500px">wide</p>
            <img src="http://127.0.0.1:9/pixel.png"><script>console.error("no")</script>
            """.utf8
        ).write(to: file)
        let browser = try Browser()
        try browser.show(width: 390, dark: false)
        try browser.open(file)
        #expect((try browser.evaluate(BrowserTests.overflow) as? [String])?.isEmpty == false)
        #expect(browser.requests.contains("http://127.0.0.1:9/pixel.png"))
        #expect(!browser.complaints.isEmpty)
    }

    @Test func darkAndLightAreDifferentColours() throws {
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try page([], in: folder)
        let browser = try Browser()
        var grounds: [String] = []
        for dark in [false, true] {
            try browser.show(width: 1280, dark: dark)
            try browser.open(file)
            let ground = try browser.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            grounds.append(ground as? String ?? "")
        }
        #expect(grounds == ["rgb(246, 245, 241)", "rgb(19, 23, 26)"])
    }
}
