"""Writes a HAR of MEGABYTES to FILE: scripts, JSON, pages and pictures in the proportions of a long session of a web app.

    python3 review_har.py MEGABYTES FILE
"""
import base64
import json
import random
import sys

WORDS = ["function", "return", "const", "window", "document", "addEventListener", "querySelector", "prototype", "length",
         "undefined", "null", "JSON", "stringify", "fetch", "then", "await", "value", "index", "element", "className"]
ENDS = [";\n", "(", ")", "{", "}", "=", ".", ",", "+", '"a\\nb"', ":", "/", " "]
HOSTS = ["app.quizly.example", "api.quizly.example", "cdn.tagline.example", "px.adtrack.example"] + [
    f"h{number}.example" for number in range(40)]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

source = random.Random(5)


def script(size):
    parts, length = [], 0
    while length < size:
        parts.append(source.choice(WORDS) + source.choice(ENDS))
        length += len(parts[-1])
    return "".join(parts)


def records(size):
    parts, length = [], 0
    while length < size:
        parts.append(json.dumps({
            "id": source.randrange(10**9), "name": source.choice(WORDS), "time": source.randrange(10**12),
            "url": f"https://cdn.example/a%20b?x={source.randrange(1000)}", "score": source.random()}))
        length += len(parts[-1])
    return "[" + ",".join(parts) + "]"


def content():
    draw = source.random()
    if draw < 0.25:
        return "application/javascript", script(source.randrange(20_000, 200_000)), None
    if draw < 0.45:
        return "application/json", records(source.randrange(1_000, 60_000)), None
    if draw < 0.70:
        kind = "image/jpeg" if draw < 0.65 else "application/octet-stream"
        return kind, base64.b64encode(source.randbytes(source.randrange(5_000, 100_000))).decode(), "base64"
    if draw < 0.80:
        return "text/html", "<html>" + script(source.randrange(5_000, 50_000)), None
    return "application/json", '{"ok":true}', None


def entry(number):
    kind, text, encoding = content()
    body = {"size": len(text), "mimeType": kind, "text": text}
    if encoding:
        body["encoding"] = encoding
    headers = {"accept": "*/*", "user-agent": AGENT, "cookie": f"a={source.randrange(2**128):032x}",
               "referer": "https://app.quizly.example/"}
    return {
        "startedDateTime": f"2026-11-24T14:{number // 60 % 60:02d}:{number % 60:02d}.000Z", "time": 5,
        "_initiator": {"type": "script", "stack": {"callFrames": [{"url": "https://app.quizly.example/main.js"}]}},
        "request": {
            "method": "POST", "url": f"https://{source.choice(HOSTS)}/p/{number}?sid={source.randrange(2**128):032x}",
            "httpVersion": "h2", "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 300,
            "postData": {"mimeType": "application/json", "text": records(300)}},
        "response": {
            "status": 200, "statusText": "", "httpVersion": "h2", "headers": [{"name": "content-type", "value": kind}],
            "cookies": [], "content": body, "redirectURL": "", "headersSize": -1, "bodySize": -1, "_transferSize": len(text)},
        "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 1}}


def main():
    target, written, number = int(sys.argv[1]) * 1_000_000, 0, 0
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write('{"log":{"version":"1.2","creator":{"name":"review_har.py","version":"1"},"pages":[],"entries":[')
        while written < target:
            text = ("," if number else "") + json.dumps(entry(number))
            out.write(text)
            written += len(text)
            number += 1
        out.write("]}}\n")
    print(f"{number} entries, {written} bytes")


main()
