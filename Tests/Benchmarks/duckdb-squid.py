"""Sums the bytes of a Squid log per client and host with DuckDB: bench-logs.sh compares with it."""
import sys

import duckdb

duckdb.sql("SET threads TO 2")
rows = duckdb.sql(
    """
    WITH lines AS (
      SELECT regexp_extract(line, '^\\S+ +\\S+ +(\\S+) +\\S+ +(\\d+) +(\\S+) +(\\S+)', ['client', 'bytes', 'method', 'url']) AS f
      FROM read_csv(?, delim='\\0', header=false, quote='', escape='', columns={'line': 'VARCHAR'})
    )
    SELECT f.client, regexp_extract(f.url, '^(?:[a-z]+://)?([^/:?]+)', 1) AS host, sum(CAST(f.bytes AS BIGINT)) AS bytes
    FROM lines GROUP BY ALL
    """,
    params=[sys.argv[1]],
)
print(rows.aggregate("count(*) AS pairs, sum(bytes) AS bytes").fetchall())
