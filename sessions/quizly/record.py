"""Called by record.sh: serves the site, records packets, visits the site, writes session.har and session.pcap."""
import json
import pathlib
import subprocess
import sys
import time

import devtools
import school_app

work, here = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def persona():
    """The values of persona.yaml, which has one `key: "value"` a line."""
    lines = [line.strip().split(": ", 1) for line in (here / "persona.yaml").read_text().splitlines() if ": " in line]
    return {key: value.strip('"') for key, value in lines}


values = persona()
student = {
    "email": values["email"], "given": values["given_name"], "family": values["family_name"], "id": values["student_id"],
    "grade": values["grade"], "phone": values["phone"], "birth": values["birth_date"]}
page = school_app.PAGE % {"student_id": values["student_id"], "student": json.dumps(student)}
port = school_app.serve(page, work / "both.pem")

capture = subprocess.Popen(
    ["tcpdump", "-i", "lo", "-s", "0", "-U", "-w", work / "session.pcap", f"tcp port {port}"], stderr=subprocess.DEVNULL)
time.sleep(2)
events, bodies, posts, version = devtools.record(
    "chromium",
    ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-component-update",
     "--disable-background-networking", "--disable-sync", "--disable-quic", "--ignore-certificate-errors",
     "--disable-features=Translate,OptimizationHints,MediaRouter", f"--user-data-dir={work}/profile",
     f"--host-resolver-rules=MAP *.example 127.0.0.1:{port}, MAP * ~NOTFOUND"],
    "https://app.quizly.example/", 6)
time.sleep(1)
capture.terminate()
capture.wait()

archive = devtools.archive(events, bodies, posts, version)
(here / "session.har").write_text(json.dumps(archive, indent=1) + "\n")
(here / "session.pcap").write_bytes((work / "session.pcap").read_bytes())
print(len(archive["log"]["entries"]), "requests by", version)
