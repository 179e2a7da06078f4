# Every emcc flag with its reason. The module is downloaded with the page: -Os where it is not hot, -O2 where it is.
set(FCOL_WASM_COMPILE
  -msimd128                             # 128-bit SIMD, without relaxed SIMD: same bits on every CPU
  -mbulk-memory                         # every engine with SIMD has it: memcpy and memset become instructions
  -flto                                 # drops what the bindings do not reach
  -DEMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0 # Embind needs RTTI only for the names in its error messages
)
# Sources with the loops over values: compiled with -O2. Everything else runs once a batch or once a load: -Os, which is a tenth
# smaller than -Oz, for that keeps every little template a call.
set(FCOL_WASM_HOT
  src/base/crc32c.cpp
  src/embedding/bag_kernels.cpp src/embedding/embedding_lookup.cpp src/embedding/row_touch.cpp src/embedding/table_format.cpp src/embedding/weighted_lookup.cpp
  src/text/fingerprint64.cpp
  src/vocabulary/early_lines.cpp src/vocabulary/key_arena.cpp src/vocabulary/key_table.cpp src/vocabulary/packed_table.cpp src/vocabulary/string_vocabulary.cpp src/vocabulary/text_lines.cpp src/vocabulary/integer_vocabulary.cpp
  src/columns/missing.cpp src/columns/vocabulary_column.cpp src/columns/hash_bucket_column.cpp src/columns/identity_column.cpp
  src/columns/numeric_column.cpp src/columns/numeric_values.cpp src/columns/bucketized_column.cpp src/columns/indicator_column.cpp src/columns/weighted_column.cpp src/columns/sequence_numeric_column.cpp
  src/columns/crossed_column.cpp src/columns/integer_values.cpp src/columns/key_column.cpp src/columns/id_bags.cpp
  src/batch/feature_batch.cpp
  src/layers/dense_features.cpp src/columns/transformation.cpp src/columns/embedding_column.cpp src/columns/shared_embedding_column.cpp src/layers/dense_network.cpp
  src/text/decimal.cpp
  src/example/example_slots.cpp src/example/feature_column.cpp src/example/parse_examples.cpp
  src/example/json_column.cpp src/example/json_feature.cpp src/example/json_lexer.cpp src/example/json_rows.cpp
)
set(FCOL_WASM_LINK
  -Oz                                   # the passes over the whole; what was compiled for speed stays so
  --bind -fno-rtti                      # Embind, in the variant whose type ids fit a core without RTTI
  -fno-exceptions                       # nor are those linked that the libraries could throw
  --js-library ${CMAKE_SOURCE_DIR}/wasm/embind.js
  -sEXPORTED_FUNCTIONS=_malloc,_free    # for its strings
  --no-entry                            # a library
  -sENVIRONMENT=web                     # emscripten's JavaScript is not used: js/src/runtime/embind.ts starts the module
  -sFILESYSTEM=0                        # the core does no I/O
  -sALLOW_MEMORY_GROWTH=1
  -sGLOBAL_BASE=200000                  # constants where no small number is taken for the address of one by scripts/split-wasm.mjs
  -sINITIAL_MEMORY=2MB
  -sTOTAL_STACK=256KB                   # TOTAL_STACK is STACK_SIZE in newer releases, which still take this name
  -sMAXIMUM_MEMORY=4GB
  -sABORTING_MALLOC=0                   # malloc answers null, and Buffer makes an error of it
  -sMALLOC=emmalloc                     # smaller than dlmalloc; allocations here are few and large
  -sASSERTIONS=0
  -sNO_EXIT_RUNTIME=1
  # What scripts/split-wasm.mjs goes by: names of functions, and each constant for itself.
  --profiling-funcs -Wl,--no-demangle -Wl,--no-merge-data-segments
)
# Of the module that is cut, a function with one caller stays one until then: it may be another part's.
set(FCOL_WASM_UNCUT -sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=1)
