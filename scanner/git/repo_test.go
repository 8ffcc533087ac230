package git

import (
	"bytes"
	"errors"
	"figment/scanner/git/gittest"
	"strings"
	"testing"
)

// TestBlobReader: it outlives what is too long to be read over, says when git is
// gone, and ends when it is told.
func TestBlobReader(t *testing.T) {
	root := gittest.Repository(t, map[string]string{"a.py": "import a\n"})
	r, err := Open(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	defer r.cat.Close()
	blob := gittest.Output(t, root, "rev-parse", "HEAD:a.py")
	if r.BlobName([]byte("import a\n")) != blob {
		t.Error("the name of a blob is not git's")
	}
	for range 3 {
		if data, size, err := r.cat.read(blob, 100); err != nil || size != 9 || string(data) != "import a\n" {
			t.Fatalf("%q, %d, %v", data, size, err)
		}
		if _, size, err := r.cat.read(blob, 3); err != nil || size != 9 {
			t.Fatalf("%d, %v", size, err)
		}
		for _, name := range []string{strings.Repeat("0", 40), strings.Repeat("1", 40), "HEAD", "", gittest.Output(t, root, "rev-parse", "HEAD")} {
			if _, _, err := r.cat.read(name, 100); !errors.Is(err, errNoBlob) {
				t.Fatalf("%q: %v", name, err)
			}
		}
	}
	r.cat.interrupt()
	if _, _, err := r.cat.read(blob, 100); err == nil {
		t.Error("no error after it was interrupted")
	}
	r.cat.Close()
	r.cat.Close()
}

// FuzzAnswers: what git says is foreign too.
func FuzzAnswers(f *testing.F) {
	object := strings.Repeat("1", 40)
	f.Add([]byte("100644 " + object + " 0\ta.py\x00100644 blob " + object + "\tb/c.py\x00"))
	f.Add([]byte(":100644 100644 " + object + " " + object + " M\x00a.py\x00:000000 100644 " + strings.Repeat("0", 40) + " " + object + " A\x00b\nc\x00"))
	f.Add([]byte("100644 " + object + " 2\t../../etc/passwd\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := parseTree(data)
		for p, file := range files {
			if !validPath(p) || p == ".." || strings.HasPrefix(p, "../") || file.Object != "" && !isObject(file.Object) || err == nil && !bytes.Contains(data, []byte(p)) {
				t.Errorf("%q: %+v", p, file)
			}
		}
		changes, _ := parseRaw(data)
		for _, c := range changes {
			if !validPath(c.Path) || !isObject(c.New.Object) || !isObject(c.Old.Object) {
				t.Errorf("%+v", c)
			}
		}
		if len(files)+len(changes) > len(data) {
			t.Error("more than was said")
		}
	})
}
