//go:build !unix

package deep

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: figment-osv starts no process of its own, and killing
// it is enough.
func ownGroup(*exec.Cmd) {}

func killGroup(p *os.Process) error { return p.Kill() }
