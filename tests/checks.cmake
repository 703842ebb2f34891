# Checks of the whole tree: who includes what, what nobody asks for, lint, the tests once more under sanitizers (not
# under themselves) and for another processor, and with each of OpenBLAS's kernels that this processor executes.
function(chorus_check name seconds)
  add_test(NAME tree/${name} COMMAND ${ARGN})
  set_tests_properties(tree/${name} PROPERTIES TIMEOUT ${seconds} SKIP_RETURN_CODE 77
    ENVIRONMENT "CHORUS_SOURCE=${CMAKE_SOURCE_DIR}")
endfunction()

set(tests ${CMAKE_SOURCE_DIR}/tests)
chorus_check(layers_include_only_what_stands_below 300 ${tests}/layers.sh ${CMAKE_BINARY_DIR})
chorus_check(nothing_is_dead 300 ${tests}/unused.sh ${CMAKE_BINARY_DIR})
chorus_check(lint_finds_nothing 900 ${tests}/lint.sh)
chorus_check(sanitizers_find_nothing 1200 ${tests}/sanitizers.sh)
chorus_check(aarch64_agrees 3600 ${tests}/aarch64.sh $<TARGET_FILE:chorus>)
chorus_check(kernels_of_openblas_agree 600 ${tests}/kernels.sh $<TARGET_FILE:chorus>
  $<TARGET_FILE:model_test_product> $<TARGET_FILE:model_test_packed> $<TARGET_FILE:model_test_reference>)
set_tests_properties(tree/lint_finds_nothing tree/sanitizers_find_nothing tree/aarch64_agrees PROPERTIES PROCESSORS 2)
