package adaptertest

import (
	"io/fs"
	"testing"

	"figment/registry/settings"
)

// Env is the environment of a user "u" on Linux with those files and variables and
// no others.
func Env(files map[string]string, vars ...string) settings.Env {
	return settings.Env{
		Environ: vars, Home: "/home/u", ConfigDir: "/home/u/.config", GOOS: "linux",
		ReadFile: func(f string) ([]byte, error) {
			if text, ok := files[f]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

// Load is settings.Load where that has to succeed.
func Load(t testing.TB, e settings.Env, readers ...*settings.Reader) *settings.Settings {
	t.Helper()
	s, err := settings.Load(e, readers)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
