// The object graph of a checkpoint by tf.train.Checkpoint, Keras or SavedModel: which key each variable is saved under.
// Spec 8.5.
#pragma once

#include <map>
#include <string>

#include "base/buffer.hpp"
#include "checkpoint/checkpoint.hpp"

namespace fcol {

// The key of the string tensor that holds it.
inline constexpr std::string_view kObjectGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";

// A TrackableObjectGraph → full_name (the Saver's name of a variable) to checkpoint key. Attributes without a name are
// left out; a name with several keys has an empty one. Errors: InvalidCheckpoint.
Result<ObjectNames> objectGraphNames(Bytes graph);

}  // namespace fcol
