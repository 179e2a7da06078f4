// Bags natively, with the compiler's best for this processor: a contender that npm run bench lets take turns with the wasm.
//
//   bag_bench rows dimension format zipf
//
// Prints "ready" and the digest of a first batch; then, for each line that it reads, pools one batch and prints "done".
#include <cstdio>
#include <cstdlib>

#include "bag_case.hpp"

int main(int argc, char* argv[]) {
  if (argc != 5) return 2;
  const auto number = [&](int i) { return static_cast<uint32_t>(std::strtoul(argv[i], nullptr, 10)); };
  const auto bags = fcol::BagCase::make(number(1), number(2), static_cast<fcol::TableFormat>(number(3)), number(4) != 0);
  if (!bags || !bags->run()) return 1;
  std::printf("ready %u\n", bags->digest());
  std::fflush(stdout);
  char line[16];
  while (std::fgets(line, sizeof line, stdin)) {
    if (!bags->run()) return 1;
    std::puts("done");
    std::fflush(stdout);
  }
  return 0;
}
