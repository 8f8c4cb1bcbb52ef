"""Sums the bytes of Zeek's or Suricata's logs per client and name with DuckDB: bench-logs.sh compares with it.

    duckdb-logs.py zeek CONN SSL
    duckdb-logs.py eve EVE
"""
import sys

import duckdb

duckdb.sql("SET threads TO 2")


def zeek(path):
    with open(path) as log:
        fields = next(line for line in log if line.startswith("#fields")).rstrip("\n").split("\t")[1:]
    return duckdb.sql(
        "SELECT * FROM read_csv(?, delim='\t', header=false, quote='', escape='', skip=6, auto_detect=false, columns=?)",
        params=[path, {name: "VARCHAR" for name in fields}],
    )


if sys.argv[1] == "zeek":
    conn, ssl = zeek(sys.argv[2]), zeek(sys.argv[3])
    rows = duckdb.sql(
        """
        SELECT conn."id.orig_h" AS client, coalesce(ssl.server_name, conn."id.resp_h") AS name,
               sum(try_cast(conn.resp_ip_bytes AS BIGINT)) AS bytes
        FROM conn LEFT JOIN ssl ON conn.uid = ssl.uid GROUP BY ALL
        """
    )
else:
    eve = duckdb.sql(
        """
        SELECT * FROM read_json(?, format='newline_delimited', columns={
          flow_id: 'BIGINT', event_type: 'VARCHAR', src_ip: 'VARCHAR', dest_ip: 'VARCHAR',
          tls: 'STRUCT(sni VARCHAR)', flow: 'STRUCT(bytes_toclient BIGINT)'})
        """,
        params=[sys.argv[2]],
    )
    rows = duckdb.sql(
        """
        WITH flows AS (SELECT * FROM eve WHERE event_type = 'flow'),
             names AS (SELECT flow_id, tls.sni AS sni FROM eve WHERE event_type = 'tls')
        SELECT src_ip AS client, coalesce(sni, dest_ip) AS name, sum(flow.bytes_toclient) AS bytes
        FROM flows LEFT JOIN names USING (flow_id) GROUP BY ALL
        """
    )
print("pairs %d bytes %d" % rows.aggregate("count(*), sum(bytes)").fetchall()[0])
