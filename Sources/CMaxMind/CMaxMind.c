// One question to libmaxminddb, whose own interface is made of unions and variable arguments that Swift does not see.
#include "CMaxMind.h"

#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct hallpass_countries {
  MMDB_s database;
};

hallpass_countries *hallpass_countries_open(const char *path, const char **reason) {
  *reason = NULL;
  hallpass_countries *countries = calloc(1, sizeof *countries);
  if (!countries) {
    *reason = "no memory for it";
    return NULL;
  }
  int status = MMDB_open(path, MMDB_MODE_MMAP, &countries->database);
  if (status == MMDB_SUCCESS) return countries;
  *reason = MMDB_strerror(status);
  free(countries);
  return NULL;
}

void hallpass_countries_close(hallpass_countries *countries) {
  MMDB_close(&countries->database);
  free(countries);
}

const char *hallpass_countries_type(const hallpass_countries *countries) {
  const char *type = countries->database.metadata.database_type;
  return type ? type : "";
}

uint64_t hallpass_countries_built(const hallpass_countries *countries) {
  return countries->database.metadata.build_epoch;
}

static void put(unsigned char *bytes, uint64_t word, int count) {
  for (int i = 0; i < count; i++) bytes[i] = (unsigned char)(word >> (8 * (count - 1 - i)));
}

int hallpass_countries_find(const hallpass_countries *countries, uint64_t high, uint64_t low, int is_ipv4,
                            char country[2]) {
  struct sockaddr_storage address;
  memset(&address, 0, sizeof address);
  if (is_ipv4) {
    struct sockaddr_in *in = (struct sockaddr_in *)&address;
    in->sin_family = AF_INET;
    put((unsigned char *)&in->sin_addr, low & 0xffffffffu, 4);
  } else {
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)&address;
    in->sin6_family = AF_INET6;
    put((unsigned char *)&in->sin6_addr, high, 8);
    put((unsigned char *)&in->sin6_addr + 8, low, 8);
  }
  int status = MMDB_SUCCESS;
  MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&countries->database, (const struct sockaddr *)&address, &status);
  // A database of IPv4 addresses alone knows nothing of others.
  if (status == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return 0;
  if (status != MMDB_SUCCESS) return -1;
  if (!found.found_entry) return 0;
  MMDB_entry_data_s data;
  const char *const path[] = {"country", "iso_code", NULL};
  status = MMDB_aget_value(&found.entry, &data, path);
  if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) return 0;
  if (status != MMDB_SUCCESS) return -1;
  if (!data.has_data) return 0;
  if (data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size != 2) return -1;
  memcpy(country, data.utf8_string, 2);
  return 1;
}
