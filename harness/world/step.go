package world

import "slices"

// Step is one of the measures that make a sealed world a boundary. A test takes each away and holds that a hostile
// probe notices; see boundary.md for what all of them together are a boundary for.
type Step string

// The steps. The first five are namespaces that the parent asks the kernel for; the others are taken by the world's
// first process before anything else runs, or when it starts a process that is not ours.
const (
	// StepNetwork, StepPID and StepMount are namespaces without which nothing is set up at all; see fresh.
	StepNetwork Step = "network-namespace"
	StepPID     Step = "pid-namespace"
	StepMount   Step = "mount-namespace"
	// StepIPC keeps System V and POSIX message queues, semaphores and shared memory inside.
	StepIPC Step = "ipc-namespace"
	// StepHostname keeps a change of the host's name and domain inside.
	StepHostname Step = "hostname-namespace"
	// StepSession takes the terminal away from who is in the world.
	StepSession Step = "session"
	// StepDescriptors closes what was inherited, and keeps the pipes to the parent from other processes.
	StepDescriptors Step = "descriptors"
	// StepNonce has the parent take an answer only from who knows what it told the world's first process alone.
	StepNonce Step = "nonce"
	// StepRoot puts memory over all files: what is written is seen in the world alone.
	StepRoot Step = "root"
	// StepNoDevices lets no device node be opened that is not one of the world's /dev.
	StepNoDevices Step = "no-devices"
	// StepDev is a /dev that has the harmless devices only.
	StepDev Step = "dev"
	// StepNodes lets nobody change the mode or the owner of those devices: they are the machine's own.
	StepNodes Step = "devices-read-only"
	// StepProc makes /proc readable only: the kernel's settings, and what it keeps of each process.
	StepProc Step = "proc-read-only"
	// StepSys makes /sys, control groups among it, readable only.
	StepSys Step = "sys-read-only"
	// StepCapabilities leaves a process that is not ours the capabilities that gateways need; see granted.
	StepCapabilities Step = "capabilities"
	// StepNoNewPrivileges keeps a process in a world without root from gaining privileges by a program's file.
	StepNoNewPrivileges Step = "no-new-privileges"
	// StepUserNamespaces refuses user namespaces, in which a process would have all capabilities again.
	StepUserNamespaces Step = "no-user-namespaces"
	// StepKeys refuses the kernel's key rings, which belong to users, and users to no namespace.
	StepKeys Step = "no-keys"
	// StepFamilies refuses sockets of families that network namespaces do not hold (a virtual machine's vsock is one).
	StepFamilies Step = "no-other-sockets"
	// StepNetlink refuses the protocols of netlink that network namespaces do not hold (that of the kernel's ciphers).
	StepNetlink Step = "no-other-netlink"
	// StepNamespaceFiles shows no file that stands for a network namespace of the machine: who has it open can lay a
	// wire into that network.
	StepNamespaceFiles Step = "no-namespace-files"
	// StepBPF refuses the maps and programs of BPF, which belong to no namespace.
	StepBPF Step = "no-bpf"
	// StepCores keeps the kernel from handing a crash to the program of the machine that collects them.
	StepCores Step = "no-cores"
	// StepNativeCalls refuses system calls by another architecture's numbers, which would pass those before.
	StepNativeCalls Step = "native-calls"
	// StepMemory bounds what the world's files may take of the machine's memory.
	StepMemory Step = "bounded-memory"
	// StepOutOfMemory makes a process of the world the first that the kernel ends when memory runs out, and the world's
	// first process, whose end frees its files, the next.
	StepOutOfMemory Step = "out-of-memory"
)

// Steps lists all of them.
func Steps() []Step {
	return []Step{
		StepNetwork, StepPID, StepMount, StepIPC, StepHostname, StepSession, StepDescriptors, StepNonce, StepRoot,
		StepNoDevices, StepDev, StepNodes, StepProc, StepSys, StepCapabilities, StepNoNewPrivileges,
		StepUserNamespaces, StepKeys, StepFamilies, StepNetlink, StepNamespaceFiles, StepBPF, StepCores,
		StepNativeCalls, StepMemory, StepOutOfMemory,
	}
}

// takes reports whether a world that leaves out these steps takes the step.
func takes(without []Step, s Step) bool { return !slices.Contains(without, s) }
