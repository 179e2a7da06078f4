// What puts the values of a message into its text. It may not be there: who calls it goes by message_writer of error.hpp.
#pragma once

#include <string>

#include "base/error.hpp"

namespace fcol {

// Appends `text` with the values in place of each {}.
void writeMessage(const char* text, const TextPart* values, std::string& message);

std::string toText(double value);  // nine significant digits

}  // namespace fcol
