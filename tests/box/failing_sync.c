/* Loaded before the C library by a test: while the file $FAIL_SYNC exists, nothing can be synced. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failing(void) {
  const char *flag = getenv("FAIL_SYNC");
  return flag && access(flag, F_OK) == 0;
}

int fsync(int file) {
  if (failing()) { errno = EIO; return -1; }
  return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  if (failing()) { errno = EIO; return -1; }
  return (int)syscall(SYS_fdatasync, file);
}
