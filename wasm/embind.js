// In place of Embind's own JavaScript, which would have the module export what calls of 64 bits and names of types need: the half that
// runs is js/src/runtime/embind.ts, by the names of host_names.mjs.
mergeInto(LibraryManager.library, {
  _embind_register_void: function() {},
  _embind_register_bool: function() {},
  _embind_register_integer: function() {},
  _embind_register_bigint: function() {},
  _embind_register_float: function() {},
  _embind_register_std_string: function() {},
  _embind_register_std_wstring: function() {},
  _embind_register_emval: function() {},
  _embind_register_memory_view: function() {},
  _embind_register_function: function() {},
  bringMessages: function() {},
});
