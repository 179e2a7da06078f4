// A prebuilt vocabulary: a text file and the table that was made of it, in one file (docs/loading.md). Little-endian:
//
//   header   64 bytes of text: what it is, then lower-case hexadecimal numbers
//   text     as it was, up to the last line that is a key; zeros up to a multiple of 64
//   index    KeyTable's packed form; offsets are from the start of the file. A multiple of 64
//
// The header has no line end, so header and text together are the arena of the vocabulary, as they came: the first key has line ends
// before it as it had without the header, none. What a pass over the text gives quicker than a network does is not in the file: the
// counts of line ends. Nor is the room in buckets, which is two fifths of a table.
#pragma once

#include "vocabulary/vocabulary.hpp"

namespace fcol {

// The size of the file of a vocabulary, which must be one of strings, and of lines or prebuilt itself. Errors: Unsupported.
Result<uint64_t> prebuiltSize(const Vocabulary& vocabulary);
// The file, whose size there is.
void writePrebuilt(const Vocabulary& vocabulary, uint8_t* file);

}  // namespace fcol
