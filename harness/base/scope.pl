# perl scope.pl MACHINE PARENT COMMAND [ARGUMENT...]
# Runs a command for the process PARENT and ends all that descends from it; scope.ts says when and why.
#   TERM, INT, HUP  are passed on to the command's group, which has five seconds to end by itself
#   USR1            ends everything at once; the kernel sends it when PARENT dies
# It loads next to nothing, because it starts with every command: POSIX.pm alone would take longer than all the rest.
use strict;

my $GRACE_SECONDS = 5;
# Of Linux: options of prctl, signals, how to change the mask, waitpid's flag, an error.
my ($SET_PARENT_DEATH_SIGNAL, $SET_DUMPABLE, $SET_CHILD_SUBREAPER) = (1, 4, 36);
my %SIGNAL = (HUP => 1, INT => 2, KILL => 9, USR1 => 10, ALRM => 14, TERM => 15, CHLD => 17);
my ($BLOCK, $SET_MASK, $WNOHANG, $ENOENT) = (0, 2, 1, 2);
# System calls, by Node's names of machines.
my %CALLS = (
    x64   => { prctl => 157, sigprocmask => 14, sigsuspend => 130 },
    arm64 => { prctl => 167, sigprocmask => 135, sigsuspend => 133 },
);
my $NO_SIGNAL = pack("Q", 0);

my ($machine, $parent, @command) = @ARGV;
my $CALL = $CALLS{$machine} // die "scope.pl: unknown machine $machine\n";
my @PASSED_ON = qw(TERM INT HUP);
my @HANDLED = (qw(CHLD USR1 ALRM), @PASSED_ON);
my ($pid, $status, $asked, $ending);

$SIG{CHLD} = sub { };
$SIG{USR1} = $SIG{ALRM} = sub { $ending = 1 };
$SIG{$_} = sub { $asked = 1; kill $_[0], -$pid; alarm $GRACE_SECONDS } for @PASSED_ON;
# Signals come in while sigsuspend waits for them and at no other time, so that none is missed.
my $handled = 0;
$handled |= 1 << ($SIGNAL{$_} - 1) for @HANDLED;
mask_signals($BLOCK, pack("Q", $handled));

prctl($SET_CHILD_SUBREAPER, 1);
prctl($SET_PARENT_DEATH_SIGNAL, $SIGNAL{USR1});
exit 1 if getppid() != $parent;    # it died before the kernel knew whom to tell

my $directory = temporary_directory();
$ENV{TMPDIR} = $directory if defined $directory;
$pid = fork() // die "scope.pl: fork: $!\n";
run_command() if $pid == 0;
setpgrp($pid, $pid);               # both do, so that the group is there for whoever comes first

while (1) {
    my $gone;
    while (($gone = waitpid(-1, $WNOHANG)) > 0) {
        $status = $? if $gone == $pid;
    }
    last if $gone < 0;
    # What we may not kill (it runs as another user) we do not wait for.
    last if ($ending || defined $status && !$asked) && !kill_children();
    syscall($CALL->{sigsuspend}, $NO_SIGNAL, 8);
}
remove($directory) if defined $directory;
end_like($status // $SIGNAL{KILL});

sub prctl {
    my ($option, $value) = @_;
    syscall($CALL->{prctl}, $option, $value, 0, 0, 0) == 0 or die "scope.pl: prctl($option): $!\n";
}

sub mask_signals {
    my ($how, $set) = @_;
    syscall($CALL->{sigprocmask}, $how, $set, 0, 8) == 0 or die "scope.pl: sigprocmask: $!\n";
}

# As the process that started us has them.
sub restore_signals {
    $SIG{$_} = 'DEFAULT' for @HANDLED;
    mask_signals($SET_MASK, $NO_SIGNAL);
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
    setpgrp(0, 0);
    restore_signals();
    prctl($SET_PARENT_DEATH_SIGNAL, $SIGNAL{KILL});
    exec { $command[0] } @command;
    my $error = $! + 0;
    print STDERR "$command[0]: $!\n";
    exit($error == $ENOENT ? 127 : 126);    # as shells have it
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
    exit($wait_status >> 8) if $signal == 0;
    prctl($SET_DUMPABLE, 0);            # one core file is enough
    restore_signals();
    kill $signal, $$;
    exit(128 + $signal);
}
