/* Loaded before the C library by a bench: every sync costs SLOW_SYNC_US microseconds more. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_more(void) {
  const char *more = getenv("SLOW_SYNC_US");
  if (more) usleep((useconds_t)atoi(more));
}
int fsync(int file) { wait_more(); return (int)syscall(SYS_fsync, file); }
int fdatasync(int file) { wait_more(); return (int)syscall(SYS_fdatasync, file); }
