# What `cmake --install` puts where: mkimage, bowline.h and bowline_state.h, and how other builds find the two.
include(CMakePackageConfigHelpers)

add_library(bowline INTERFACE)
target_include_directories(bowline INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/common/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")

install(TARGETS mkimage bowline EXPORT bowline)
install(FILES "${PROJECT_SOURCE_DIR}/common/include/bowline.h"
    "${PROJECT_SOURCE_DIR}/common/include/bowline_state.h" "${PROJECT_SOURCE_DIR}/builder/mkimage.h"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/docs/third-party.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

install(FILES "${libmkimage_file}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/docs/man/mkimage.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")

set(completions "${PROJECT_SOURCE_DIR}/config/completions")
install(FILES "${completions}/mkimage.bash"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME mkimage)
install(FILES "${completions}/_mkimage" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES "${completions}/mkimage.fish"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")

# Architecture-independent in what they offer, but they name a program: hence lib/, not share/.
set(package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/Bowline")
configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/BowlineConfig.cmake.in" "${PROJECT_BINARY_DIR}/BowlineConfig.cmake"
  INSTALL_DESTINATION "${package_directory}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/BowlineConfigVersion.cmake" COMPATIBILITY SameMajorVersion)
install(EXPORT bowline FILE BowlineTargets.cmake NAMESPACE Bowline::
  DESTINATION "${package_directory}")
install(FILES
  "${PROJECT_BINARY_DIR}/BowlineConfig.cmake" "${PROJECT_BINARY_DIR}/BowlineConfigVersion.cmake"
  DESTINATION "${package_directory}")

# The .pc files find their prefix from where they lie themselves, so that the tree can be moved.
set(pkgconfig_directory "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH prefix_from_pkgconfig
  "${CMAKE_INSTALL_PREFIX}/${pkgconfig_directory}" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig "${prefix_from_pkgconfig}")
foreach(name bowline mkimage)
  configure_file("${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pkgconfig_directory}")
endforeach()
