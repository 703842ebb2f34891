# Checks of the whole tree: who includes what, lint, and the tests once more under sanitizers (not under themselves) and
# for another processor.
if(CHORUS_CHECKS)
  add_test(NAME tree/layers_include_only_what_stands_below COMMAND ${CMAKE_SOURCE_DIR}/tests/layers.sh ${CMAKE_BINARY_DIR})
  add_test(NAME tree/lint_finds_nothing COMMAND ${CMAKE_SOURCE_DIR}/tests/lint.sh)
  add_test(NAME tree/sanitizers_find_nothing COMMAND ${CMAKE_SOURCE_DIR}/tests/sanitizers.sh)
  add_test(NAME tree/aarch64_agrees COMMAND ${CMAKE_SOURCE_DIR}/tests/aarch64.sh $<TARGET_FILE:chorus>)
  set_tests_properties(tree/lint_finds_nothing tree/sanitizers_find_nothing tree/aarch64_agrees PROPERTIES PROCESSORS 2)
  set_tests_properties(tree/layers_include_only_what_stands_below PROPERTIES TIMEOUT 60)
  set_tests_properties(tree/lint_finds_nothing PROPERTIES TIMEOUT 900)
  set_tests_properties(tree/sanitizers_find_nothing PROPERTIES TIMEOUT 1200)
  set_tests_properties(tree/aarch64_agrees PROPERTIES TIMEOUT 3600 SKIP_RETURN_CODE 77)

  # Each of OpenBLAS's kernels that this processor executes.
  add_test(NAME tree/kernels_of_openblas_agree COMMAND ${CMAKE_SOURCE_DIR}/tests/kernels.sh $<TARGET_FILE:chorus>
    $<TARGET_FILE:model_test_product> $<TARGET_FILE:model_test_packed> $<TARGET_FILE:model_test_reference>)
  set_tests_properties(tree/kernels_of_openblas_agree PROPERTIES TIMEOUT 600 ENVIRONMENT "CHORUS_SOURCE=${CMAKE_SOURCE_DIR}")
endif()
