package protocol

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzJSON compares the streaming reader with encoding/json.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, `""`, ` { "a" : [ 1 , -2.5e+3 , true , null , "x\n\u0041\"" ] } `, `{"a":1,}`, `[1,]`, `{"a"}`, `[1 2]`, `01`, `1.`, `-`,
		`{"a":{"b":[{"c":[]}]}}`, `{`, `{"a":`, `"a`, `tru`, `nullx`, `[]]`, `{}{}`, "\"\x01\"", `"\ud83d\ude00"`, `"\ud83d"`, `"\x"`, `,`, `{,}`, "\ufeff{}",
		strings.Repeat("[", 70) + strings.Repeat("]", 70),
	} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, chunk int) {
		var r io.Reader = strings.NewReader(string(data))
		if chunk%2 != 0 {
			r = iotest.OneByteReader(r)
		}
		j := NewJSON(r)
		j.Skip()
		err := j.End()
		valid := json.Valid(data)
		if err == nil && !valid {
			t.Fatalf("accepted %q", data)
		}
		if err != nil && valid && nesting(data) < maxDepth && !longNumber(data) {
			t.Fatalf("refused %q: %v", data, err)
		}
		if err != nil || data[0] != '"' || strings.Contains(strings.ToLower(string(data)), `\ud`) {
			return
		}
		var want string
		if json.Unmarshal(data, &want) != nil {
			return
		}
		if got := NewJSON(strings.NewReader(string(data))).Text(len(data) * 4); got != want {
			t.Fatalf("%q reads %q, want %q", data, got, want)
		}
	})
}

func nesting(b []byte) int {
	deep, most := 0, 0
	for _, c := range b {
		switch c {
		case '[', '{':
			deep++
			most = max(most, deep)
		case ']', '}':
			deep--
		}
	}
	return most
}

func longNumber(b []byte) bool {
	n := 0
	for _, c := range b {
		if n++; !strings.ContainsRune("0123456789+-.eE", rune(c)) {
			n = 0
		}
		if n >= 64 {
			return true
		}
	}
	return false
}
