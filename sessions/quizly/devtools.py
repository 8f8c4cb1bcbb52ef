"""Drives Chromium through a pipe of the DevTools protocol and writes what it asked for as a HAR, in the dialect of
Chrome's own export: `_initiator`, `_resourceType`, `_transferSize`, `_webSocketMessages`."""
import base64
import datetime
import json
import os
import subprocess
import time


class Browser:
    def __init__(self, program, arguments):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def pipes():
            os.dup2(to_browser, 3)
            os.dup2(from_browser, 4)

        # The pipe is spoken on descriptors 3 and 4; messages end with a zero byte.
        self.process = subprocess.Popen(
            [program, "--remote-debugging-pipe", *arguments], preexec_fn=pipes, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        os.set_blocking(self.read_end, False)
        self.number = 0
        self.buffer = b""
        self.events = []

    def messages(self, until):
        while time.time() < until:
            try:
                self.buffer += os.read(self.read_end, 1 << 20)
            except BlockingIOError:
                time.sleep(0.01)
            while b"\0" in self.buffer:
                message, self.buffer = self.buffer.split(b"\0", 1)
                yield json.loads(message)
            yield None

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        for message in self.messages(time.time() + 30):
            if message is None:
                continue
            if message.get("id") == self.number:
                return message.get("result", {})
            self.events.append(message)
        raise TimeoutError(method)

    def listen(self, seconds):
        for message in self.messages(time.time() + seconds):
            if message is not None:
                self.events.append(message)

    def close(self):
        self.call("Browser.close")
        self.process.wait(10)


def headers(table):
    return [{"name": name, "value": value} for name, value in table.items()]


def moment(seconds):
    time_ = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return time_.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_.microsecond // 1000:03d}Z"


def record(program, arguments, url, seconds):
    """Visits `url` and returns the events of its network activity, with the bodies of answers."""
    browser = Browser(program, arguments)
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.call("Network.enable", session, maxPostDataSize=1 << 20)
    browser.call("Page.enable", session)
    browser.call("Page.navigate", session, url=url)
    browser.listen(seconds)
    events = [event for event in browser.events if event.get("sessionId") == session]
    version = browser.call("Browser.getVersion")["product"]
    bodies = {}
    for event in events:
        if event["method"] == "Network.loadingFinished":
            key = event["params"]["requestId"]
            bodies[key] = browser.call("Network.getResponseBody", session, requestId=key)
    posts = {}
    for event in events:
        if event["method"] == "Network.requestWillBeSent" and event["params"]["request"].get("hasPostData"):
            key = event["params"]["requestId"]
            posts[key] = browser.call("Network.getRequestPostData", session, requestId=key).get("postData")
    browser.close()
    return events, bodies, posts, version


class Archive:
    """The entries of a HAR, from events in order."""

    def __init__(self, bodies, posts):
        self.entries, self.open, self.bodies, self.posts = [], {}, bodies, posts
        self.sent, self.received = {}, {}

    def take(self, method, event):
        key = event.get("requestId")
        if method == "Network.requestWillBeSentExtraInfo":
            self.sent.setdefault(key, []).append(event["headers"])
        elif method == "Network.responseReceivedExtraInfo":
            self.received.setdefault(key, []).append(event["headers"])
        elif method == "Network.requestWillBeSent":
            if "redirectResponse" in event:
                self.response(key, event["redirectResponse"])
                self.open.pop(key)["response"]["redirectURL"] = event["request"]["url"]
            self.request(key, event)
        elif method == "Network.webSocketCreated":
            self.socket(key, event)
        elif method == "Network.webSocketWillSendHandshakeRequest":
            self.open[key]["startedDateTime"] = moment(event["wallTime"])
            self.open[key]["request"]["headers"] = headers(event["request"]["headers"])
        elif method == "Network.webSocketHandshakeResponseReceived":
            self.open[key]["response"].update(
                status=event["response"]["status"], headers=headers(event["response"]["headers"]))
        elif method in ("Network.webSocketFrameSent", "Network.webSocketFrameReceived"):
            frame = event["response"]
            self.open[key]["_webSocketMessages"].append({
                "type": "send" if method.endswith("Sent") else "receive", "opcode": frame["opcode"],
                "data": frame["payloadData"]})
        elif method == "Network.responseReceived" and key in self.open:
            self.response(key, event["response"])
        elif method == "Network.loadingFinished" and key in self.open:
            self.finish(key, event)
        elif method == "Network.loadingFailed" and key in self.open:
            self.open[key]["response"]["_error"] = event["errorText"]

    def entry(self, key, method, url, initiator, started, kind):
        entry = {
            "_initiator": initiator, "_resourceType": kind, "startedDateTime": started, "time": 0,
            "request": {"method": method, "url": url, "httpVersion": "http/1.1", "headers": [], "queryString": [],
                        "cookies": [], "headersSize": -1, "bodySize": 0},
            "response": {"status": 0, "statusText": "", "httpVersion": "http/1.1", "headers": [], "cookies": [],
                         "content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1},
            "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}}
        self.open[key] = entry
        self.entries.append(entry)
        return entry

    def request(self, key, event):
        request = event["request"]
        entry = self.entry(
            key, request["method"], request["url"], event["initiator"], moment(event["wallTime"]),
            event.get("type", "Other").lower())
        entry["request"]["headers"] = headers(request["headers"])
        text = self.posts.get(key) or request.get("postData")
        if text:
            kind = next((value for name, value in request["headers"].items() if name.lower() == "content-type"), "")
            entry["request"]["postData"] = {"mimeType": kind, "text": text}
            entry["request"]["bodySize"] = len(text.encode())

    def socket(self, key, event):
        entry = self.entry(key, "GET", event["url"], event.get("initiator", {"type": "other"}), None, "websocket")
        entry["_webSocketMessages"] = []

    def response(self, key, answer):
        response = self.open[key]["response"]
        response.update(status=answer["status"], statusText=answer["statusText"], headers=headers(answer["headers"]))
        response["content"]["mimeType"] = answer["mimeType"]
        response["_transferSize"] = int(answer.get("encodedDataLength", 0))

    def finish(self, key, event):
        response = self.open[key]["response"]
        response["_transferSize"] = int(event["encodedDataLength"])
        body = self.bodies.get(key, {})
        if body.get("body"):
            response["content"]["text"] = body["body"]
            response["content"]["size"] = len(body["body"])
            if body.get("base64Encoded"):
                response["content"]["encoding"] = "base64"
                response["content"]["size"] = len(base64.b64decode(body["body"]))


def archive(events, bodies, posts, version):
    result = Archive(bodies, posts)
    for event in events:
        result.take(event["method"], event["params"])
    fill(events, result)
    return {"log": {"version": "1.2", "creator": {"name": "record.py over DevTools", "version": "1"},
                    "browser": {"name": version.split("/")[0], "version": version.split("/")[-1]},
                    "pages": [], "entries": result.entries}}


def fill(events, result):
    """Replaces headers by those that went over the wire, cookies included, which come in events of their own, one for
    each hop of a redirect."""
    order = [event["params"]["requestId"] for event in events
             if event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")]
    hops = {}
    for key, entry in zip(order, result.entries):
        hop = hops.get(key, 0)
        hops[key] = hop + 1
        if hop < len(result.sent.get(key, [])):
            entry["request"]["headers"] = headers(result.sent[key][hop])
        if hop < len(result.received.get(key, [])):
            entry["response"]["headers"] = headers(result.received[key][hop])
