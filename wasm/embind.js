// In place of Embind's own JavaScript, which would have the module export what calls of 64 bits and names of types need: the half that
// runs is js/src/runtime/embind.ts, by the names of host_names.mjs. Parameters are counted by newer releases, whose lists of them differ.
mergeInto(LibraryManager.library, {
  _embind_register_void: function(type, name) {},
  _embind_register_bool: function(type, name, size, yes, no) {},
  _embind_register_integer: function(type, name, size, least, most) {},
  _embind_register_bigint: function(type, name, size, least, most) {},
  _embind_register_float: function(type, name, size) {},
  _embind_register_std_string: function(type, name) {},
  _embind_register_std_wstring: function(type, size, name) {},
  _embind_register_emval: function(type, name) {},
  _embind_register_memory_view: function(type, index, name) {},
  _embind_register_function: function(name, count, types, signature, invoker, binding, isAsync, isNonnull) {},
  bringMessages: function() {},
  // With -flto, newer releases link what the JavaScript of timers would call, whether there are timers or not.
  _setitimer_js: function() {},
  _setitimer_js__deps: [],
});
