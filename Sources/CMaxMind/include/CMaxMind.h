#ifndef HALLPASS_CMAXMIND_H
#define HALLPASS_CMAXMIND_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An open database in MaxMind's format, by libmaxminddb.
typedef struct hallpass_countries hallpass_countries;

/// Opens a database; null when it cannot be, with the library's words for it in `reason`.
hallpass_countries *_Nullable hallpass_countries_open(const char *_Nonnull path, const char *_Nullable *_Nonnull reason);
void hallpass_countries_close(hallpass_countries *_Nonnull database);

/// What the database says it is, such as `GeoLite2-Country`; it stands as long as the database is open.
const char *_Nonnull hallpass_countries_type(const hallpass_countries *_Nonnull database);
/// When it was built, in seconds since 1970.
uint64_t hallpass_countries_built(const hallpass_countries *_Nonnull database);

/// The country of an address (`country.iso_code`): 1 and two letters in `country`, 0 when the database has none, -1 when the
/// database is damaged there. `high` and `low` are the address's 128 bits; those of an IPv4 address stand in the last 32.
int hallpass_countries_find(const hallpass_countries *_Nonnull database, uint64_t high, uint64_t low, int is_ipv4,
                            char country[_Nonnull 2]);

#ifdef __cplusplus
}
#endif
#endif
