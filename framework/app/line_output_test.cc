// SPDX-License-Identifier: Apache-2.0
//
// A test that waits for ever has found a write that waits.
#include "framework/app/line_output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "framework/base/process/process.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::Not;

constexpr char kLine[] = "queued 0  dispatched 1  custody 2  running 3\n";

// Where an output goes, and who could read it.
struct Channel {
  OwnedFd reader;
  OwnedFd writer;
};

Channel Pipe() {
  PipeEnds ends = MakePipe().value();
  return {std::move(ends.read_end), std::move(ends.write_end)};
}

Channel Socket() {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

// Lines end as they are written. None where the test has no terminals.
std::optional<Channel> Terminal() {
  OwnedFd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master.ok() || grantpt(master.get()) != 0 || unlockpt(master.get()) != 0) return {};
  OwnedFd slave(open(ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!slave.ok()) return {};
  termios modes;
  tcgetattr(slave.get(), &modes);
  modes.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
  tcsetattr(slave.get(), TCSANOW, &modes);
  return Channel{std::move(master), std::move(slave)};
}

bool HasMore(int fd) {
  pollfd ready = {.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, 0) == 1;
}

std::string ReadWhatIsThere(int fd) {
  std::string text;
  while (HasMore(fd) && ReadMore(fd, text)) {
  }
  return text;
}

void WriteIfRoom(LineOutput& output, absl::string_view text) {
  absl::Duration none = absl::ZeroDuration();
  output.Write(text, none);
}

// More than any channel holds.
void Flood(LineOutput& output) {
  for (int i = 0; i < 20'000; ++i) WriteIfRoom(output, kLine);
}

// While it lives nothing can be opened.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit limit = {1, before_.rlim_max};  // for poll()
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
};

// How often it has called write(). -1 where nobody counts.
int WritesOfThisThread() {
  const OwnedFd file(open("/proc/thread-self/io", O_RDONLY | O_CLOEXEC));
  std::string text;
  while (ReadMore(file.get(), text)) {
  }
  const size_t at = text.find("syscw: ");
  return at == std::string::npos ? -1 : std::stoi(text.substr(at + 7));
}

// Nobody reads for a while, then somebody does: some lines are lost, and the others are whole.
void ExpectOnlyWholeLines(const Channel& channel) {
  LineOutput output(channel.writer.get());
  Flood(output);
  std::string text = ReadWhatIsThere(channel.reader.get());
  WriteIfRoom(output, "the end\n");
  text += ReadWhatIsThere(channel.reader.get());
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  ASSERT_THAT(lines, Not(IsEmpty()));
  EXPECT_EQ(lines.back(), "the end");
  lines.pop_back();
  EXPECT_THAT(lines, Each(std::string(absl::StripSuffix(kLine, "\n"))));
}

TEST(LineOutput, DropsWholeLinesWhereNobodyReadsAPipe) { ExpectOnlyWholeLines(Pipe()); }

TEST(LineOutput, DropsWholeLinesWhereNobodyReadsASocket) { ExpectOnlyWholeLines(Socket()); }

TEST(LineOutput, DropsWholeLinesWhereNobodyReadsATerminal) {
  const std::optional<Channel> terminal = Terminal();
  if (!terminal) GTEST_SKIP() << "no terminal to be had";
  ExpectOnlyWholeLines(*terminal);
}

TEST(LineOutput, DropsWholeLinesOfAPipeThatCannotBeOpenedAgain) {
  const Channel pipe = Pipe();
  const NoDescriptors limit;
  ExpectOnlyWholeLines(pipe);
}

// As that of another user.
TEST(LineOutput, DropsWholeLinesOfATerminalThatCannotBeOpenedAgain) {
  const std::optional<Channel> terminal = Terminal();
  if (!terminal) GTEST_SKIP() << "no terminal to be had";
  const NoDescriptors limit;
  ExpectOnlyWholeLines(*terminal);
}

TEST(LineOutput, FinishesALineBeforeTheNext) {
  const Channel pipe = Pipe();
  const auto capacity = static_cast<size_t>(fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096));
  LineOutput output(pipe.writer.get());
  const std::string line(capacity + 100, 'x');
  WriteIfRoom(output, absl::StrCat(line, "\nlost\n"));
  WriteIfRoom(output, "lost\n");
  const std::string begun = ReadWhatIsThere(pipe.reader.get());
  WriteIfRoom(output, "next\n");
  EXPECT_EQ(begun + ReadWhatIsThere(pipe.reader.get()), absl::StrCat(line, "\nnext\n"));
}

TEST(LineOutput, WaitsForAReader) {
  const Channel pipe = Pipe();
  LineOutput output(pipe.writer.get());
  Flood(output);
  std::string text;
  std::thread reader([&] {
    while (text.find("the end\n") == std::string::npos && ReadMore(pipe.reader.get(), text)) {
    }
  });
  absl::Duration patience = absl::InfiniteDuration();
  output.Write("the end\n", patience);
  reader.join();
  EXPECT_THAT(text, testing::EndsWith("the end\n"));
}

TEST(LineOutput, LosesPatience) {
  const Channel pipe = Pipe();
  LineOutput output(pipe.writer.get());
  Flood(output);
  absl::Duration patience = absl::Milliseconds(1);
  output.Write("the end\n", patience);
  EXPECT_LE(patience, absl::ZeroDuration());
}

// A log that others write to as well: it has one position.
TEST(LineOutput, AppendsToAFileThatIsShared) {
  const std::string path = absl::StrCat(testing::TempDir(), "/log");
  const OwnedFd file(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  ASSERT_EQ(write(file.get(), "one\n", 4), 4);
  LineOutput output(file.get());
  WriteIfRoom(output, "two\n");
  ASSERT_EQ(write(file.get(), "three\n", 6), 6);
  std::string text(14, ' ');
  ASSERT_EQ(pread(file.get(), text.data(), text.size(), 0), 14);
  EXPECT_EQ(text, "one\ntwo\nthree\n");
}

// So that lines of others who append to it stay apart from ours.
TEST(LineOutput, WritesToAFileAtOnce) {
  const int before = WritesOfThisThread();
  if (before < 0) GTEST_SKIP() << "the kernel does not count writes";
  const OwnedFd file(open(testing::TempDir().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_TRUE(file.ok());
  LineOutput output(file.get());
  WriteIfRoom(output, std::string(100'000, 'x'));
  EXPECT_EQ(WritesOfThisThread(), before + 1);
}

// As `vruntime 1<&0`.
TEST(LineOutput, DoesNotWriteToWhatItMayOnlyRead) {
  const Channel pipe = Pipe();
  LineOutput output(pipe.reader.get());
  WriteIfRoom(output, kLine);
  EXPECT_EQ(ReadWhatIsThere(pipe.reader.get()), "");
}

TEST(LineOutput, DropsLinesOfATerminalThatIsStopped) {
  const std::optional<Channel> terminal = Terminal();
  if (!terminal) GTEST_SKIP() << "no terminal to be had";
  LineOutput output(terminal->writer.get());
  tcflow(terminal->writer.get(), TCOOFF);  // Ctrl-S
  WriteIfRoom(output, "lost\n");
  tcflow(terminal->writer.get(), TCOON);
  WriteIfRoom(output, kLine);
  EXPECT_EQ(ReadWhatIsThere(terminal->reader.get()), kLine);
}

// The shell's, which has the terminal after us.
TEST(LineOutput, LeavesTheDescriptorAsItIs) {
  const Channel pipe = Pipe();
  const int flags = fcntl(pipe.writer.get(), F_GETFL);
  LineOutput output(pipe.writer.get());
  WriteIfRoom(output, kLine);
  EXPECT_EQ(fcntl(pipe.writer.get(), F_GETFL), flags);
}

TEST(LineOutput, ForgetsWhatNobodyCanRead) {
  signal(SIGPIPE, SIG_IGN);
  Channel pipe = Pipe();
  LineOutput output(pipe.writer.get());
  pipe.reader.Close();
  absl::Duration patience = absl::InfiniteDuration();
  output.Write(kLine, patience);
  LineOutput closed(-1);
  closed.Write(kLine, patience);
}

TEST(AreOneOutput, ComparesWhereTheyGo) {
  const Channel pipe = Pipe();
  const Channel other = Pipe();
  const OwnedFd again(dup(pipe.writer.get()));
  EXPECT_TRUE(AreOneOutput(pipe.writer.get(), again.get()));
  EXPECT_FALSE(AreOneOutput(pipe.writer.get(), other.writer.get()));
  EXPECT_FALSE(AreOneOutput(-1, -1));
}

TEST(AreOneOutput, KnowsATerminalByItsOtherName) {
  const std::optional<Channel> terminal = Terminal();
  if (!terminal) GTEST_SKIP() << "no terminal to be had";
  const int slave = terminal->writer.get();
  Process child = Process::Fork([&] {
                    setsid();
                    ioctl(slave, TIOCSCTTY, 0);
                    const OwnedFd tty(open("/dev/tty", O_WRONLY | O_CLOEXEC));
                    _exit(tty.ok() && AreOneOutput(slave, tty.get()) ? 7 : 1);
                  }).value();
  EXPECT_EQ(child.Wait().code, 7);
}

}  // namespace
}  // namespace scxx
