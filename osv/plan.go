package osv

import "figment/ecosystem"

// Plan is the request by which Ask would find out about p, as figment list
// shows it; empty where nothing would be asked. No I/O.
func (c *Client) Plan(p ecosystem.Package) string {
	if refusal(p) != "" {
		return ""
	}
	return "POST " + c.send.base + "/v1/querybatch " + p.Ecosystem.OSV() + " " + p.Name
}
