package packs

import (
	"path/filepath"
	"strings"
	"testing"

	"figment/names"
)

// FuzzReadOffer: what is picked of any index.json is the plain name of a pack in
// the folder, with its hash and size.
func FuzzReadOffer(f *testing.F) {
	f.Add([]byte(`{"schema_version":"1","packs":[{"ecosystem":"pypi","file":"pypi.fuse16","sha256":"` + strings.Repeat("a", 64) + `","size":100,"snapshot":"2026-11-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"schema_version":"1","packs":[{"ecosystem":"npm","file":"../x"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		picked, _, err := readOffer(text, nil)
		if err != nil && picked != nil {
			t.Error("packs beside an error")
		}
		for _, p := range picked {
			if filepath.Base(p.File) != p.File || !filepath.IsLocal(p.File) || p.Size > names.MaxPack || p.Size <= 0 || len(p.SHA256) != 64 {
				t.Errorf("picked %+v", p)
			}
		}
	})
}
