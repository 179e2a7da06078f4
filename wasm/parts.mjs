// What is not in the module that every page loads: the parts that scripts/split-wasm.mjs cuts off. A part is named by the functions by
// which it is entered; what only these use - other functions, constants - goes with them. The names are of C++, in their mangled form.

const any = (identifiers) => identifiers.map((each) => each.length + each).join('|');
const FCOL = '4fcol(12_GLOBAL__N_1)?';

/** Functions and methods of namespace fcol that are called so or belong to a class of that name, and how shared pointers hold that. */
const named = (...identifiers) => new RegExp(`^_Z(Thn\\d+_)?(Z?NK?${FCOL}|NSt3__220__shared_ptr_emplaceIN${FCOL})(${any(identifiers)})`);

/** Methods of any class of fcol, by their own name. */
const method = (...identifiers) => new RegExp(`^_Z(Thn\\d+_)?NK?${FCOL}\\d+[A-Za-z0-9]+(${any(identifiers)})E`);

/** One method. */
const member = (owner, ...identifiers) => new RegExp(`^_Z(Thn\\d+_)?NK?${FCOL}${owner.length}${owner}(${any(identifiers)})E`);

/** The functions of a namespace of wasm/bindings.cpp. */
const bindings = (name) => new RegExp(`^_ZNK?12_GLOBAL__N_1${name.length}${name}`);

export const PARTS = [
  {
    // TensorFlow's checkpoints.
    name: 'checkpoint',
    functions: [
      bindings('checkpoint_part'),
      named('Checkpoint', 'BundleIndex', 'TensorReader', 'TableReader', 'readBundleEntry', 'coverOf', 'placeSlice', 'readHandle', 'crc32c', 'foldBytes'),
    ],
  },
  {
    // Columns but those of a vocabulary file, identity, hash buckets and (shared) embeddings; what few of these ask for.
    name: 'columns',
    functions: [
      named('makeCrossedColumn', 'CrossedColumn', 'makeWeightedColumn', 'WeightedColumn', 'makeIndicatorColumn', 'IndicatorColumn', 'makeVocabularyListColumn'),
      named('makeNumericColumn', 'NumericColumn', 'NumericValues', 'NumericShape', 'makeBucketizedColumn', 'BucketizedColumn'),
      named('makeSequenceNumericColumn', 'SequenceNumericColumn', 'makeSequenceCategoricalColumn', 'SequenceCategorical'),
      method('writeSequence', 'steps'),
      named('stepBags'),
      /^_ZN4fcol12_GLOBAL__N_1\d+\$_\d+8__invokeEd$|^(exp|expm1|log|log1p|logf)$/, // activations and steps of a normalizer_fn, by their address
      // Vocabularies of integers or in records.
      bindings('columns_part'),
      named('IntegerVocabulary', 'RecordKeys', 'integersOf'),
      member('Vocabulary', 'fromRecords'),
      // Tables of fewer bits or of some rows, and rows clipped by max_norm.
      named('PartialBags', 'widenRow', 'clipRow', 'l2Norm'),
      member('EmbeddingTable', 'norms'),
      // Numbers with a decimal point.
      named('decimalToDouble'),
      // Never called: without unbound types Embind asks for no name, and without exceptions nobody for a type.
      /^__getTypeName$|^_ZNK?10__cxxabiv1/,
    ],
  },
  {
    // Layers but DenseFeatures.
    name: 'models',
    functions: [named('makeEstimator', 'Estimator', 'makeSequenceFeatures', 'SequenceFeatures', 'makeLinearModel', 'LinearModel', 'LinearColumns', 'DenseNetwork')],
  },
  {
    // Rows as serialized examples or as text.
    name: 'rows',
    functions: [
      bindings('rows_part'),
      named('JsonRows', 'JsonColumn', 'parseJsonRows', 'parseExamples', 'ParsedExamples', 'parseSequenceExamples', 'ParsedSequenceExamples', 'ExampleSlots', 'appendFeature', 'appendFixed', 'KeyIndex'),
    ],
  },
  {
    // How a row becomes an output, and what a batch's columns do not know; keys by their ids.
    name: 'explain',
    functions: [
      bindings('explain_part'),
      method('explain', 'explainHash', 'explainValue', 'cover'),
      named('explainBag', 'explainColumn', 'Coverage', 'coverNumbers', 'JsonWriter'),
      member('StringVocabulary', 'key'),
      member('IntegerVocabulary', 'key'),
      member('EmbeddingTable', 'row'),
    ],
  },
];
