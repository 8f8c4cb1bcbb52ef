"""The servers of a small web of one school app and those whom it pulls in, all on one loopback port.

Which host answers is decided by the Host header, as with virtual hosts. Everything is made up.
"""
import base64
import hashlib
import http.server
import ssl
import struct
import threading

PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>Quizly</title>
<link rel="stylesheet" href="https://cdn.fastedge.example/quizly.css">
<script src="https://cdn.tagline.example/t.js"></script>
</head><body>
<h1>Quizly</h1>
<img src="https://px.adtrack.example/p.gif?u=%(student_id)s&page=home" width="1" height="1" alt="">
<img src="https://go.metrica.example/r?c=17" width="1" height="1" alt="">
<script>
const student = %(student)s;
async function main() {
  await fetch("/api/login", {method: "POST", headers: {"content-type": "application/json"},
    body: JSON.stringify({email: student.email, name: student.given + " " + student.family, grade: student.grade})});
  const form = new FormData();
  form.append("phone", student.phone);
  form.append("grade", student.grade);
  await fetch("https://files.examplecloud.example/upload", {method: "POST", body: form});
  const socket = new WebSocket("wss://live.quizly.example/room");
  socket.onopen = () => socket.send(JSON.stringify({join: "7b", student: {name: student.given, id: student.id}}));
  socket.onmessage = () => { socket.close(); document.title = "done"; };
  tagline.identify(student);
}
addEventListener("load", main);
</script>
</body></html>
"""

TAG = """
const tagline = {
  async identify(student) {
    const text = new TextEncoder().encode(student.email.trim().toLowerCase());
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    navigator.sendBeacon("https://collect.tagline.example/b", JSON.stringify({em: hex, ev: "login"}));
    const token = btoa(JSON.stringify({dob: student.birth, lang: navigator.language}));
    fetch("https://collect.tagline.example/i?d=" + encodeURIComponent(token), {mode: "no-cors"});
  }
};
"""

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    page = ""

    def log_message(self, *arguments):
        pass

    def answer(self, status, kind="text/plain", body=b"", **headers):
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "https://app.quizly.example")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_OPTIONS(self):
        self.answer(204, Access_Control_Allow_Headers="content-type")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self):
        host = self.headers["Host"].split(":")[0]
        path = self.path.split("?")[0]
        if host == "app.quizly.example" and path == "/":
            self.answer(200, "text/html", Handler.page.encode(), Set_Cookie="session=4f1d; Path=/; HttpOnly; Secure")
        elif host == "app.quizly.example" and path == "/api/login":
            self.answer(200, "application/json", b'{"ok": true, "grade": "7"}')
        elif host == "cdn.tagline.example":
            self.answer(200, "application/javascript", TAG.encode())
        elif host == "cdn.fastedge.example":
            self.answer(200, "text/css", b"h1 { color: #246 }\n")
        elif host == "go.metrica.example":
            self.answer(302, Location="https://sync.adtrack.example/s?c=17")
        elif host == "sync.adtrack.example":
            self.answer(302, Location="https://match.bidhouse.example/m.gif?c=17", Set_Cookie="adid=90c2; Path=/; Secure; SameSite=None")
        elif host in ("px.adtrack.example", "match.bidhouse.example"):
            self.answer(200, "image/gif", GIF)
        elif host == "live.quizly.example":
            self.web_socket()
        elif host in ("collect.tagline.example", "files.examplecloud.example"):
            self.answer(204)
        else:
            self.answer(404)

    def web_socket(self):
        """RFC 6455: one message comes, one goes back, and the client closes."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_response_only(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.read_message()
        reply = b'{"welcome": true}'
        self.wfile.write(bytes([0x81, len(reply)]) + reply)
        self.read_message()
        self.close_connection = True

    def read_message(self):
        head = self.rfile.read(2)
        if len(head) < 2:
            return
        length = head[1] & 127
        if length == 126:
            length = struct.unpack(">H", self.rfile.read(2))[0]
        self.rfile.read(4 + length)


def serve(page, certificate):
    """Begins to serve on a free port of loopback and returns the port."""
    Handler.page = page
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
