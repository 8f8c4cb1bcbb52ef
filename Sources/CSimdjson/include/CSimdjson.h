#ifndef HALLPASS_CSIMDJSON_H
#define HALLPASS_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One value of a JSON document. Values stand in document order: an object's or array's members follow it, up to `end`.
typedef struct {
  /// 0 null, 1 false, 2 true, 3 signed, 4 unsigned, 5 double, 6 string, 7 object, 8 array.
  uint32_t kind;
  /// Index of the value that follows this one and all within it.
  uint32_t end;
  /// The member's key in `texts`; length 0 outside objects.
  uint32_t key_offset;
  uint32_t key_length;
  /// A number's bits, or where the string begins in `texts`.
  uint64_t value;
  /// Bytes of a string.
  uint32_t length;
  uint32_t unused;
} hallpass_json_value;

typedef struct {
  const hallpass_json_value *values;
  size_t count;
  /// Keys and strings, unescaped, one after the other.
  const char *texts;
  size_t text_bytes;
} hallpass_json_document;

/// Parses `size` bytes; 0 when they are one JSON document of at most 32 levels and 65,536 values. Bytes that are not UTF-8
/// are taken for Latin-1, half a surrogate pair for U+FFFD. The document belongs to the calling thread and stands until its next call.
int hallpass_json_parse(const char *bytes, size_t size, hallpass_json_document *document);

/// The same for an entry of a HAR: at most 512 levels and 2,097,152 values.
int hallpass_json_parse_entry(const char *bytes, size_t size, hallpass_json_document *document);

#ifdef __cplusplus
}
#endif

#endif
