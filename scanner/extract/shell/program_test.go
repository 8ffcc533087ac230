package shell_test

import "testing"

// TestPythonModuleFlags: flags of one letter may stand before -m in one word.
func TestPythonModuleFlags(t *testing.T) {
	for _, text := range []string{"python3 -Im pip install zzq", "python -um pip install zzq", "python -Impip install zzq", "python3 -W ignore -Em pip install zzq", "python --check-hash-based-pycs always -m pip install zzq", "npm isnta zzq", "npm exe zzq", "npm installTest zzq", "npm ln zzq"} {
		if names, _ := shellNames(t, "a.sh", text+"\n"); len(names) != 1 || names[0] != "zzq" {
			t.Errorf("%s: %q", text, names)
		}
	}
	for _, text := range []string{"python3 -c 'm' pip install zzq", "python script.py -m pip install zzq"} {
		if names, _ := shellNames(t, "a.sh", text+"\n"); len(names) != 0 {
			t.Errorf("%s: %q", text, names)
		}
	}
}
