package osvplay

import (
	"archive/zip"
	"bytes"
	"net/http"
	"slices"
	"strings"

	"figment/ecosystem"
)

// Archive is OSV's all.zip of an ecosystem, withdrawn records among the others.
func (s *Server) Archive(e ecosystem.Ecosystem) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.archive(word(e))
}

func (s *Server) archive(word string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, data []byte) {
		if w, err := z.Create(name); err == nil {
			_, _ = w.Write(data) // to memory
		}
	}
	for _, r := range s.in(word) {
		put(r.ID()+".json", r.JSON())
	}
	names := make([]string, 0, len(s.extra))
	for name := range s.extra {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		put(name, s.extra[name])
	}
	_ = z.Close() // to memory
	return b.Bytes()
}

// in gives the records with a package of the ecosystem.
func (s *Server) in(word string) (out []Record) {
	for _, r := range s.records {
		if slices.ContainsFunc(r.packages(), func(p wirePackage) bool { return p.Ecosystem == word }) {
			out = append(out, r)
		}
	}
	return out
}

// bulk serves a file of the tree.
func (s *Server) bulk(path string) (int, string, []byte) {
	folder, name, _ := strings.Cut(path, "/")
	list := s.in(folder)
	switch {
	case len(list) == 0:
	case name == "all.zip":
		return http.StatusOK, "application/zip", s.archive(folder)
	case name == "modified_id.csv":
		slices.SortStableFunc(list, func(a, b Record) int { return strings.Compare(b.modified(), a.modified()) })
		var b strings.Builder
		for _, r := range list {
			b.WriteString(r.modified() + "," + r.ID() + "\n")
		}
		return http.StatusOK, "text/csv", []byte(b.String())
	default:
		if data, ok := s.extra[name]; ok {
			return http.StatusOK, jsonType, data
		}
		for _, r := range list {
			if r.ID()+".json" == name {
				return http.StatusOK, jsonType, r.JSON()
			}
		}
	}
	return http.StatusNotFound, "application/xml", []byte("<Error><Code>NoSuchKey</Code></Error>")
}
