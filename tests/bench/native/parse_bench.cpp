// Parsing natively, with the compiler's best for this processor: a contender that npm run bench lets take turns with the wasm.
//
//   parse_bench examples.bin rows.ndjson
//
// Prints "ready", the digests of both, and that of simdjson or "none"; then, for each line that it reads, "examples N", "ndjson N" or
// "simdjson N", parses N times and prints "done".
#include <cstdio>
#include <cstdlib>

#include "parse_case.hpp"
#ifdef FCOL_HAS_SIMDJSON
#include "simdjson_case.hpp"
#endif

namespace {

std::vector<uint8_t> bytesOf(const char* name) {
  std::vector<uint8_t> bytes;
  if (std::FILE* file = std::fopen(name, "rb")) {
    std::fseek(file, 0, SEEK_END);
    bytes.resize(static_cast<size_t>(std::ftell(file)));
    std::rewind(file);
    if (std::fread(bytes.data(), 1, bytes.size(), file) != bytes.size()) bytes.clear();
    std::fclose(file);
  }
  return bytes;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  using Format = fcol::ParseFormat;
  const std::vector<uint8_t> examples = bytesOf(argv[1]), ndjson = bytesOf(argv[2]);
  fcol::ParseCase parse;
  if (examples.empty() || !parse.run(Format::Examples, examples.data(), examples.size())) return 1;
  const uint32_t first = parse.digest();
  if (!parse.run(Format::Ndjson, ndjson.data(), ndjson.size())) return 1;
  std::printf("ready %u %u ", first, parse.digest());
#ifdef FCOL_HAS_SIMDJSON
  fcol::SimdjsonCase peer(ndjson);
  if (!peer.run()) return 1;
  std::printf("%u\n", peer.digest());
#else
  std::puts("none");
#endif
  std::fflush(stdout);
  char line[32];
  while (std::fgets(line, sizeof line, stdin)) {
    const auto once = [&] {
      if (line[0] == 'n') return parse.run(Format::Ndjson, ndjson.data(), ndjson.size());
#ifdef FCOL_HAS_SIMDJSON
      if (line[0] == 's') return peer.run();
#endif
      return parse.run(Format::Examples, examples.data(), examples.size());
    };
    const char* times = line;
    while (*times && *times != ' ') ++times;
    for (long i = std::strtol(times, nullptr, 10); i > 0; --i)
      if (!once()) return 1;
    std::puts("done");
    std::fflush(stdout);
  }
  return 0;
}
