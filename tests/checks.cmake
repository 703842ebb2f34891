# Checks of the whole tree: who includes what, lint, and the tests once more under sanitizers (not under themselves) and
# for another processor.
if(CHORUS_CHECKS)
  add_test(NAME layers COMMAND ${CMAKE_SOURCE_DIR}/tests/layers.sh ${CMAKE_BINARY_DIR})
  add_test(NAME lint COMMAND ${CMAKE_SOURCE_DIR}/tests/lint.sh)
  add_test(NAME sanitizers COMMAND ${CMAKE_SOURCE_DIR}/tests/sanitizers.sh)
  add_test(NAME aarch64 COMMAND ${CMAKE_SOURCE_DIR}/tests/aarch64.sh $<TARGET_FILE:chorus>)
  set_tests_properties(lint sanitizers aarch64 PROPERTIES PROCESSORS 2)
  set_tests_properties(layers PROPERTIES TIMEOUT 60)
  set_tests_properties(lint PROPERTIES TIMEOUT 900)
  set_tests_properties(sanitizers PROPERTIES TIMEOUT 1200)
  set_tests_properties(aarch64 PROPERTIES TIMEOUT 3600 SKIP_RETURN_CODE 77)

  # Each of OpenBLAS's kernels that this processor executes.
  add_test(NAME kernels COMMAND ${CMAKE_SOURCE_DIR}/tests/kernels.sh $<TARGET_FILE:chorus>
    $<TARGET_FILE:model_test_product> $<TARGET_FILE:model_test_packed> $<TARGET_FILE:model_test_reference>)
  set_tests_properties(kernels PROPERTIES TIMEOUT 600 ENVIRONMENT "CHORUS_SOURCE=${CMAKE_SOURCE_DIR}")
endif()
