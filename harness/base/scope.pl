# perl scope.pl PARENT COMMAND [ARGUMENT...]
# Runs a command for the process PARENT and ends all that descends from it; scope.ts says when and why.
#   TERM, INT, HUP  are passed on to the command's group, which has GRACE_SECONDS to end by itself
#   USR1            ends everything at once; the kernel sends it when PARENT dies
use strict;
use warnings;
use POSIX ();

use constant GRACE_SECONDS => 5;
use constant { SET_PARENT_DEATH_SIGNAL => 1, SET_DUMPABLE => 4, SET_CHILD_SUBREAPER => 36 };
my %PRCTL = (x86_64 => 157, aarch64 => 167);

my ($parent, @command) = @ARGV;
my @PASSED_ON = qw(TERM INT HUP);
my ($pid, $status, $asked, $ending);

$SIG{CHLD} = sub { };
$SIG{USR1} = $SIG{ALRM} = sub { $ending = 1 };
$SIG{$_} = sub { $asked = 1; kill $_[0], -$pid; alarm GRACE_SECONDS } for @PASSED_ON;
# Signals come in while sigsuspend waits for them and at no other time, so that none is missed.
POSIX::sigprocmask(POSIX::SIG_BLOCK(), POSIX::SigSet->new(map { POSIX->can("SIG$_")->() } qw(CHLD USR1 ALRM), @PASSED_ON));

prctl(SET_CHILD_SUBREAPER, 1);
prctl(SET_PARENT_DEATH_SIGNAL, POSIX::SIGUSR1());
exit 1 if getppid() != $parent;    # it died before the kernel knew whom to tell

my $directory = temporary_directory();
$ENV{TMPDIR} = $directory if defined $directory;
$pid = fork() // die "scope.pl: fork: $!\n";
run_command() if $pid == 0;
POSIX::setpgid($pid, $pid);        # both do, so that the group is there for whoever comes first

while (1) {
    my $gone;
    while (($gone = waitpid(-1, POSIX::WNOHANG())) > 0) {
        $status = $? if $gone == $pid;
    }
    last if $gone < 0;
    # What we may not kill (it runs as another user) we do not wait for.
    last if ($ending || defined $status && !$asked) && !kill_children();
    POSIX::sigsuspend(POSIX::SigSet->new());
}
remove($directory) if defined $directory;
end_like($status // 9);

sub prctl {
    my ($option, $value) = @_;
    my $machine = (POSIX::uname())[4];
    my $number = $PRCTL{$machine} // die "scope.pl: unknown machine $machine\n";
    syscall($number, $option, $value, 0, 0, 0) == 0 or die "scope.pl: prctl($option): $!\n";
}

# In its name is our process id: whoever finds it after we were killed knows that it is nobody's (runtime-dir.ts).
sub temporary_directory {
    my $place = $ENV{TMPDIR} || "/tmp";
    for my $number (0 .. 9) {
        return "$place/prezero-$$-$number" if mkdir "$place/prezero-$$-$number", 0700;
    }
    return undef;
}

sub run_command {
    POSIX::setpgid(0, 0);
    $SIG{$_} = 'DEFAULT' for qw(CHLD USR1 ALRM), @PASSED_ON;
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), POSIX::SigSet->new());
    prctl(SET_PARENT_DEATH_SIGNAL, POSIX::SIGKILL());
    no warnings 'exec';
    exec { $command[0] } @command;
    my $error = $! + 0;
    print STDERR "$command[0]: $!\n";
    POSIX::_exit($error == POSIX::ENOENT() ? 127 : 126);    # as shells have it
}

# Mothers before daughters: the daughters become ours when she is gone. Returns how many were killed.
sub kill_children {
    my $killed = 0;
    opendir(my $proc, "/proc") or die "scope.pl: /proc: $!\n";
    for my $process (grep { /^\d+$/ } readdir $proc) {
        open(my $file, "<", "/proc/$process/stat") or next;
        my $stat = do { local $/; <$file> } // next;
        $killed += kill('KILL', $process) if $stat =~ /^\d+ \(.*\) \S (\d+) /s && $1 == $$;
    }
    return $killed;
}

sub remove {
    my ($path) = @_;
    return if rmdir $path;
    require File::Path;
    File::Path::remove_tree($path, { error => \my $ignored });
}

sub end_like {
    my ($wait_status) = @_;
    my $signal = $wait_status & 127;
    POSIX::_exit($wait_status >> 8) if $signal == 0;
    prctl(SET_DUMPABLE, 0);            # one core file is enough
    $SIG{$_} = 'DEFAULT' for qw(USR1 ALRM), @PASSED_ON;
    POSIX::sigprocmask(POSIX::SIG_SETMASK(), POSIX::SigSet->new());
    kill $signal, $$;
    POSIX::_exit(128 + $signal);
}
