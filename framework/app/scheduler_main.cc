// SPDX-License-Identifier: Apache-2.0
//
// The main() of a program with one scheduler.

#include "framework/app/linked_schedulers.h"
#include "framework/app/run_scheduler.h"
#include "framework/base/check.h"
#include "framework/base/process/process.h"

int main(int argc, char** argv) {
  scxx::FillStandardStreams();
  SCXX_CHECK_EQ(scxx::LinkedSchedulers().size(), 1u,
                "link one library NAME_program, or chooser_main for several");
  return scxx::RunProgram(argc, argv, scxx::LinkedSchedulers().front());
}
