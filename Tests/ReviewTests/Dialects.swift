/// One entry each as programs export them, shortened by hand.
enum Dialects {
    static let chrome = #"""
        {"_initiator":{"type":"script","stack":{"callFrames":[
            {"functionName":"send","scriptId":"7","url":"https://cdn.tag.example/t.js","lineNumber":1,"columnNumber":2},
            {"functionName":"","scriptId":"7","url":"https://cdn.tag.example/t.js","lineNumber":9,"columnNumber":2}],
            "parent":{"description":"load","callFrames":[{"url":"https://app.quizly.example/main.js"}]}}},
         "_priority":"High","_resourceType":"fetch","cache":{},"connection":"443","pageref":"page_1",
         "request":{"method":"POST","url":"https://collect.tag.example/c?e=1#frag","httpVersion":"http/2.0",
            "headers":[{"name":":authority","value":"collect.tag.example"},{"name":"content-type","value":"application/json; charset=utf-8"}],
            "queryString":[{"name":"e","value":"1"}],"cookies":[],"headersSize":-1,"bodySize":7,
            "postData":{"mimeType":"application/json","text":"{\"a\":1}"}},
         "response":{"status":200,"statusText":"","httpVersion":"http/2.0",
            "headers":[{"name":"set-cookie","value":"uid=abc; Path=/; Secure"}],"cookies":[],
            "content":{"size":2,"mimeType":"application/json","text":"{}"},"redirectURL":"","headersSize":-1,
            "bodySize":-1,"_transferSize":321,"_error":null},
         "serverIPAddress":"192.0.2.9","startedDateTime":"2026-11-24T14:00:01.250Z","time":12.5,
         "_webSocketMessages":[{"type":"send","time":1795528801.5,"opcode":1,"data":"hello"},
            {"type":"receive","time":1795528801.6,"opcode":2,"data":"AQID"}],
         "timings":{"blocked":1,"dns":-1,"send":0.1,"wait":9,"receive":1}}
        """#

    static let firefox = #"""
        {"startedDateTime":"2026-11-24T15:00:01.250+01:00","request":{"bodySize":9,"method":"POST",
            "url":"https://app.quizly.example/form","httpVersion":"HTTP/2","headers":[{"name":"Host","value":"app.quizly.example"}],
            "cookies":[],"queryString":[],"headersSize":77,
            "postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a","value":"1"},{"name":"b","value":"x y"}],"text":""}},
         "response":{"status":200,"statusText":"OK","httpVersion":"HTTP/2",
            "headers":[{"name":"Set-Cookie","value":"one=1; Path=/\ntwo=2; HttpOnly"}],"cookies":[{"name":"one","value":"1"}],
            "content":{"mimeType":"image/jpeg","size":3,"encoding":"base64","text":"/9j/"},"redirectURL":"",
            "headersSize":81,"bodySize":3},
         "cache":{},"timings":{"blocked":0},"time":3,"_securityState":"secure","serverIPAddress":"192.0.2.8","pageref":"page_1"}
        """#

    static let safari = #"""
        {"pageref":"page_0","startedDateTime":"2026-11-24T14:00:01.250Z","time":4.2,
         "request":{"method":"GET","url":"https://app.quizly.example/old","httpVersion":"HTTP/1.1",
            "cookies":[{"name":"sid","value":"1"}],"headers":[],"queryString":[],"headersSize":-1,"bodySize":-1},
         "response":{"status":302,"statusText":"Found","httpVersion":"HTTP/1.1","cookies":[],
            "headers":[{"name":"Location","value":"/next?x=1"}],"content":{"size":0,"compression":0,"mimeType":"text/html"},
            "redirectURL":"","headersSize":60,"bodySize":0,"_transferSize":60},
         "cache":{},"timings":{"blocked":-1,"wait":1},"_fetchType":"Network Load","_priority":"high"}
        """#

    static let charles = #"""
        {"startedDateTime":"2026-11-24T15:00:01.250+0100","time":31,"timings":{"dns":1,"connect":2,"ssl":2,"send":0,"wait":20,"receive":6},
         "request":{"method":"GET","url":"https://app.quizly.example/api","httpVersion":"HTTP/1.1","headers":[],
            "queryString":[],"headersSize":210,"bodySize":0},
         "response":{"_charlesStatus":"COMPLETE","status":200,"statusText":"OK","httpVersion":"HTTP/1.1","cookies":[],"headers":[],
            "content":{"size":2,"compression":0,"mimeType":"application/json","text":"e30=","encoding":"base64"},
            "redirectURL":null,"headersSize":0,"bodySize":2},
         "serverIPAddress":"192.0.2.8","cache":{}}
        """#

    static let mitmproxy = #"""
        {"startedDateTime":"2026-11-24T14:00:01.250123+00:00","time":12.0,
         "request":{"method":"POST","url":"https://app.quizly.example/api","httpVersion":"HTTP/2.0","cookies":[],
            "headers":[{"name":"content-type","value":"application/x-www-form-urlencoded"}],"queryString":[],
            "headersSize":120,"bodySize":3,
            "postData":{"mimeType":"application/x-www-form-urlencoded","text":"a=1","params":[{"name":"a","value":"1"}]}},
         "response":{"status":200,"statusText":"","httpVersion":"HTTP/2.0","cookies":[],"headers":[],
            "content":{"size":0,"compression":0,"mimeType":"","text":""},"redirectURL":"","headersSize":40,"bodySize":0},
         "cache":{},"timings":{"send":1,"receive":1,"wait":1},"serverIPAddress":"192.0.2.8"}
        """#
}
