#include "CSimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

/// Deeper documents are no log lines, and recursion must end.
constexpr size_t depth_limit = 32;
constexpr size_t value_limit = 65536;

struct State {
  simdjson::dom::parser parser;
  std::vector<hallpass_json_value> values;
  std::string texts;
  std::string repaired;

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

  simdjson::error_code parse(const char *bytes, size_t size, simdjson::dom::element &root) {
    if (parser.capacity() < size || parser.max_depth() != depth_limit) {
      const auto error = parser.allocate(size < 65536 ? 65536 : size, depth_limit);
      if (error) return error;
    }
    return parser.parse(bytes, size, true).get(root);
  }
};

} // namespace

extern "C" int hallpass_json_parse(const char *bytes, size_t size, hallpass_json_document *document) {
  try {
    // One per thread: its buffers are used again for every line.
    thread_local State state;
    state.values.clear();
    state.texts.clear();
    simdjson::dom::element root;
    auto error = state.parse(bytes, size, root);
    if (error == simdjson::UTF8_ERROR) {
      state.repair(bytes, size);
      error = state.parse(state.repaired.data(), state.repaired.size(), root);
    }
    if (error) return 1;
    if (!state.add(root, {})) return 2;
    document->values = state.values.data();
    document->count = state.values.size();
    document->texts = state.texts.data();
    document->text_bytes = state.texts.size();
    return 0;
  } catch (...) {
    // Memory: the line is rejected.
    return 3;
  }
}
