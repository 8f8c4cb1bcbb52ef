#include "CSimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

/// Deeper documents are no log lines, and recursion must end.
constexpr size_t line_depth = 32;
constexpr size_t line_values = 65536;
/// An entry of a HAR: call stacks of call stacks, and one value for each header and message.
constexpr size_t entry_depth = 512;
constexpr size_t entry_values = 2097152;

struct State {
  const size_t depth_limit;
  const size_t value_limit;
  simdjson::dom::parser parser;
  std::vector<hallpass_json_value> values;
  std::string texts;
  std::string repaired;

  State(size_t depth, size_t count) : depth_limit(depth), value_limit(count) {}

  void text(std::string_view text, uint32_t &offset) {
    offset = static_cast<uint32_t>(texts.size());
    texts.append(text.data(), text.size());
  }

  /// Appends `element` and all within it; false when there are too many values.
  bool add(const simdjson::dom::element &element, std::string_view key) {
    using simdjson::dom::element_type;
    if (values.size() >= value_limit) return false;
    const size_t index = values.size();
    hallpass_json_value value{};
    text(key, value.key_offset);
    value.key_length = static_cast<uint32_t>(key.size());
    switch (element.type()) {
    case element_type::NULL_VALUE: value.kind = 0; break;
    case element_type::BOOL: value.kind = bool(element) ? 2 : 1; break;
    case element_type::INT64: value.kind = 3; value.value = static_cast<uint64_t>(int64_t(element)); break;
    case element_type::UINT64: value.kind = 4; value.value = uint64_t(element); break;
    case element_type::DOUBLE: {
      value.kind = 5;
      const double number = double(element);
      std::memcpy(&value.value, &number, sizeof number);
      break;
    }
    case element_type::STRING: {
      value.kind = 6;
      const std::string_view string = element;
      uint32_t offset = 0;
      text(string, offset);
      value.value = offset;
      value.length = static_cast<uint32_t>(string.size());
      break;
    }
    case element_type::OBJECT: value.kind = 7; break;
    case element_type::ARRAY: value.kind = 8; break;
    }
    values.push_back(value);
    if (value.kind == 7) {
      for (auto field : simdjson::dom::object(element))
        if (!add(field.value, field.key)) return false;
    } else if (value.kind == 8) {
      for (auto member : simdjson::dom::array(element))
        if (!add(member, {})) return false;
    }
    values[index].end = static_cast<uint32_t>(values.size());
    return true;
  }

  /// Every byte that is no part of valid UTF-8 becomes the character with its number.
  void repair(const char *bytes, size_t size) {
    repaired.clear();
    for (size_t i = 0; i < size;) {
      const unsigned char lead = static_cast<unsigned char>(bytes[i]);
      const size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      if (i + length <= size && simdjson::validate_utf8(bytes + i, length)) {
        repaired.append(bytes + i, length);
        i += length;
      } else {
        repaired.push_back(static_cast<char>(0xc0 | lead >> 6));
        repaired.push_back(static_cast<char>(0x80 | (lead & 0x3f)));
        i += 1;
      }
    }
  }

  /// Escapes of half a surrogate pair, which JavaScript makes of binary text, become U+FFFD.
  void mend_surrogates() {
    const auto unit = [this](size_t i) -> int {
      if (i + 6 > repaired.size() || repaired[i] != '\\' || repaired[i + 1] != 'u') return -1;
      int value = 0;
      for (size_t k = i + 2; k < i + 6; k++) {
        const char c = repaired[k];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return -1;
        value = value << 4 | digit;
      }
      return value;
    };
    for (size_t i = 0; i < repaired.size();) {
      if (repaired[i] != '\\') {
        i += 1;
        continue;
      }
      const int first = unit(i);
      if (first < 0xd800 || first > 0xdfff) {
        i += 2;
        continue;
      }
      const int second = first < 0xdc00 ? unit(i + 6) : -1;
      if (second >= 0xdc00 && second <= 0xdfff) {
        i += 12;
      } else {
        repaired.replace(i + 2, 4, "fffd");
        i += 6;
      }
    }
  }

  simdjson::error_code parse(const char *bytes, size_t size, simdjson::dom::element &root) {
    if (parser.capacity() < size || parser.max_depth() != depth_limit) {
      const auto error = parser.allocate(size < 65536 ? 65536 : size, depth_limit);
      if (error) return error;
    }
    return parser.parse(bytes, size, true).get(root);
  }
};

} // namespace

static int parse_into(State &state, const char *bytes, size_t size, hallpass_json_document *document) {
  state.values.clear();
  state.texts.clear();
  simdjson::dom::element root;
  auto error = state.parse(bytes, size, root);
  if (error == simdjson::UTF8_ERROR) {
    state.repair(bytes, size);
    error = state.parse(state.repaired.data(), state.repaired.size(), root);
  } else if (error == simdjson::STRING_ERROR) {
    state.repaired.assign(bytes, size);
  }
  if (error == simdjson::STRING_ERROR) {
    state.mend_surrogates();
    error = state.parse(state.repaired.data(), state.repaired.size(), root);
  }
  if (error) return 1;
  if (!state.add(root, {})) return 2;
  document->values = state.values.data();
  document->count = state.values.size();
  document->texts = state.texts.data();
  document->text_bytes = state.texts.size();
  return 0;
}

extern "C" int hallpass_json_parse(const char *bytes, size_t size, hallpass_json_document *document) {
  try {
    // One per thread: its buffers are used again for every line.
    thread_local State state(line_depth, line_values);
    return parse_into(state, bytes, size, document);
  } catch (...) {
    // Memory: the line is rejected.
    return 3;
  }
}

extern "C" int hallpass_json_parse_entry(const char *bytes, size_t size, hallpass_json_document *document) {
  try {
    thread_local State state(entry_depth, entry_values);
    const int status = parse_into(state, bytes, size, document);
    state.repaired = std::string();
    return status;
  } catch (...) {
    return 3;
  }
}
