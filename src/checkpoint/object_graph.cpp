#include "checkpoint/object_graph.hpp"

#include "base/wire_reader.hpp"

namespace fcol {
namespace {

constexpr uint32_t messageTag(uint32_t field) { return WireReader::tag(field, WireReader::kDelimited); }

std::string_view textOf(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// SerializedTensor {name = 1, full_name = 2, checkpoint_key = 3}
bool readAttribute(Bytes attribute, ObjectNames& names) {
  std::string_view full_name, key;
  for (WireReader in(attribute); !in.done();) {
    uint32_t tag;
    Bytes content;
    if (!in.varint32(tag)) return false;
    if (tag == messageTag(2) || tag == messageTag(3)) {
      if (!in.delimited(content)) return false;
      (tag == messageTag(2) ? full_name : key) = textOf(content);
    } else if (!in.skip(tag)) {
      return false;
    }
  }
  if (full_name.empty() || key.empty()) return true;
  const auto [found, is_new] = names.try_emplace(std::string(full_name), key);
  if (!is_new && found->second != key) found->second.clear();
  return true;
}

// Calls `each` with the content of every field of this tag; false if the message is broken or `each` says so.
template <typename Each>
bool forEach(Bytes message, uint32_t wanted, Each each) {
  for (WireReader in(message); !in.done();) {
    uint32_t tag;
    Bytes content;
    if (!in.varint32(tag)) return false;
    if (tag == wanted ? !in.delimited(content) || !each(content) : !in.skip(tag)) return false;
  }
  return true;
}

}  // namespace

Result<ObjectNames> objectGraphNames(Bytes graph) {
  ObjectNames names;
  // nodes = 1 {attributes = 2}
  const bool ok = forEach(graph, messageTag(1), [&](Bytes node) {
    return forEach(node, messageTag(2), [&](Bytes attribute) { return readAttribute(attribute, names); });
  });
  if (!ok) return error(ErrorCode::InvalidCheckpoint, "the object graph of the checkpoint is broken; fetch its data file again");
  return names;
}

}  // namespace fcol
