package text

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// maxYAMLNodes bounds the values of one document, with those that aliases repeat.
const maxYAMLNodes = 2_000_000

// YAMLMap decodes a document that is a mapping: mappings become map[string]any,
// sequences []any, scalars what their text means. It is nil for an empty document.
// The decoder of the library compares each key of a mapping with all others, which
// takes minutes for one of 100,000; this one is linear. The error says that it is
// no YAML, no mapping, has a key twice, or nests too deep.
func YAMLMap(s []byte) (map[string]any, error) {
	if TooDeep(s, YAML) {
		return nil, &SyntaxError{Why: NestedTooDeep, Lost: true, Text: fmt.Sprintf("nests values deeper than %d levels and was not read", MaxLevels)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(s, &doc); err != nil {
		return nil, yamlError(s, err)
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	d := yamlDecoder{left: maxYAMLNodes}
	v, err := d.value(doc.Content[0], 0)
	if m, ok := v.(map[string]any); ok || err != nil || v == nil {
		return m, err
	}
	return nil, errors.New("the document is no mapping")
}

type yamlDecoder struct{ left int }

func (d *yamlDecoder) value(n *yaml.Node, depth int) (any, error) {
	if d.left--; d.left < 0 || depth > MaxLevels {
		return nil, errors.New("the document repeats too much of itself")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return d.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, e := range n.Content {
			v, err := d.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case yaml.MappingNode:
		return d.mapping(n, depth)
	}
	var v any
	err := n.Decode(&v)
	return v, err
}

func (d *yamlDecoder) mapping(n *yaml.Node, depth int) (any, error) {
	out := make(map[string]any, len(n.Content)/2)
	var merged []any
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		v, err := d.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			return nil, fmt.Errorf("line %d: a key is no text", key.Line)
		case key.ShortTag() == "!!merge":
			if list, ok := v.([]any); ok {
				merged = append(merged, list...)
			} else {
				merged = append(merged, v)
			}
			continue
		}
		if _, twice := out[key.Value]; twice {
			return nil, fmt.Errorf("line %d: the key %q stands there twice", key.Line, key.Value)
		}
		out[key.Value] = v
	}
	for _, m := range merged { // what the mapping itself says counts, then the first
		from, ok := m.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("line %d: what is merged is no mapping", n.Line)
		}
		if d.left -= len(from); d.left < 0 {
			return nil, errors.New("the document repeats too much of itself")
		}
		for k, v := range from {
			if _, own := out[k]; !own {
				out[k] = v
			}
		}
	}
	return out, nil
}
