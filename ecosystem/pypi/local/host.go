package local

import (
	"strings"
	"sync"

	"figment/scanner/extract"
)

// hosts are programs and systems with modules of their own: only there a module is
// found, and no package of PyPI installs it. A package of such a name is another
// thing, and its being there or not says nothing about the import. Where the name
// is declared as a dependency it is asked about as any other. Modules of hosts that
// PyPI has under the same name (bpy, unicorn, pymel) do not stand here.
var hosts = []struct {
	host    string
	modules string
}{
	{"Google Colab", "google.colab"},
	{"Kaggle's notebooks", "kaggle_secrets kaggle_datasets kaggle_gcp kaggle_session kaggle_web_client"},
	{"Databricks", "dbruntime"},
	{"AWS Glue", "awsglue"},
	{"Azure Synapse", "notebookutils mssparkutils"},
	{"gdb", "gdb"},
	{"LLDB", "lldb lldbinit"},
	{"IDA", "idaapi idautils idc ida_auto ida_allins ida_bitrange ida_bytes ida_dbg ida_dirtree ida_diskio ida_entry ida_enum ida_expr ida_fixup ida_fpro ida_frame ida_funcs ida_gdl ida_graph ida_hexrays ida_ida ida_idaapi ida_idd ida_idp ida_ieee ida_kernwin ida_lines ida_loader ida_merge ida_mergemod ida_moves ida_nalt ida_name ida_netnode ida_offset ida_pro ida_problems ida_range ida_regfinder ida_registry ida_search ida_segment ida_segregs ida_srclang ida_strlist ida_struct ida_tryblks ida_typeinf ida_ua ida_undo ida_xref"},
	{"Ghidra", "ghidra"},
	{"Binary Ninja", "binaryninja binaryninjaui"},
	{"Immunity Debugger", "immlib immutils"},
	{"x64dbg", "x64dbgpy"},
	{"Vim", "vim"},
	{"Sublime Text", "sublime sublime_plugin"},
	{"Weechat", "weechat"},
	{"HexChat", "hexchat xchat"},
	{"Kodi", "xbmc xbmcgui xbmcplugin xbmcaddon xbmcvfs xbmcdrm"},
	{"ArcGIS", "arcpy arcgisscripting pythonaddins"},
	{"QGIS", "qgis processing"},
	{"GRASS GIS", "grass"},
	{"Sage", "sage"},
	{"FreeCAD", "FreeCAD FreeCADGui Part PartDesign PartGui Draft DraftTools Sketcher SketcherGui Mesh MeshPart Fem FemGui PathScripts TechDraw Spreadsheet Drawing importDXF"},
	{"Fusion 360", "adsk"},
	{"Rhino", "rhinoscriptsyntax scriptcontext Rhino RhinoInside Grasshopper ghpythonlib"},
	{"Revit", "Autodesk RevitServices RevitNodes"},
	{"Abaqus", "abaqus abaqusConstants abaqusGui odbAccess symbolicConstants caeModules"},
	{"ANSYS", "ExtAPI"},
	{"ParaView", "paraview"},
	{"Blender", "bgl blf bl_ui bl_math bl_operators bl_i18n_utils bpy_extras bpy_types gpu_extras rna_prop_ui nodeitems_utils nodeitems_builtins freestyle addon_utils aud imbuf idprop keyingsets_builtins"},
	{"Houdini", "hou hdefereval hrpyc hutil toolutils soptoolutils stateutils viewerstate hython loptoolutils pdg pdgd"},
	{"Maya", "maya.cmds maya.mel maya.utils maya.OpenMaya maya.OpenMayaUI maya.OpenMayaMPx maya.OpenMayaAnim maya.OpenMayaFX maya.OpenMayaRender maya.api maya.app maya.plugin maya.standalone maya.internal maya.debug MASH mtoa"},
	{"Nuke", "nuke nukescripts nuke_internal hiero"},
	{"3ds Max", "pymxs MaxPlus qtmax"},
	{"Cinema 4D", "c4d maxon"},
	{"MotionBuilder", "pyfbsdk pyfbsdk_additions"},
	{"Katana", "Katana NodegraphAPI"},
	{"Substance 3D", "substance_painter"},
	{"Modo", "lx lxu modo lxifc"},
	{"DaVinci Resolve", "DaVinciResolveScript fusionscript"},
	{"Krita", "krita"},
	{"GIMP", "gimp gimpfu gimpenums gimpcolor gimpui gimpplugin"},
	{"Inkscape", "inkex simplestyle simplepath simpletransform cubicsuperpath"},
	{"Scribus", "scribus"},
	{"Unreal Engine", "unreal unreal_engine"},
	{"Maltego", "MaltegoTransform"},
	{"LibreOffice", "uno unohelper com.sun.star"},
	{"ROS", "rclpy rospy roslib rosbag rosgraph rosnode rosparam rosservice rostopic roslaunch rosunit rostest actionlib actionlib_msgs ament_index_python ament_copyright ament_flake8 ament_pep257 launch launch_ros launch_testing launch_testing_ros rclpy_components rosidl_runtime_py builtin_interfaces std_msgs std_srvs sensor_msgs geometry_msgs nav_msgs trajectory_msgs visualization_msgs diagnostic_msgs shape_msgs stereo_msgs rcl_interfaces lifecycle_msgs action_msgs example_interfaces tf tf2_ros tf2_py tf2_msgs tf2_geometry_msgs tf2_sensor_msgs tf_transformations cv_bridge image_geometry image_transport message_filters dynamic_reconfigure catkin moveit_commander moveit_msgs control_msgs nav2_msgs nav2_simple_commander rosbag2_py ros2cli ros2run ros2topic ros2node sensor_msgs_py laser_geometry pcl_ros"},
	{"OpenMV", "pyb"},
	{"MicroPython", "machine network micropython uasyncio uos utime urequests ustruct usocket ubinascii uctypes uhashlib uio ure uselect usys uzlib ucollections uerrno uheapq ussl urandom ubluetooth ucryptolib utimeq uwebsocket upip esp esp32 espnow rp2 framebuf neopixel btree bluetooth lcd160cr cryptolib webrepl pyb stm wipy pycom onewire ds18x20 dht"},
	{"CircuitPython", "board digitalio analogio busio microcontroller pwmio displayio audioio audiobusio audiocore audiomixer bitbangio bleio _bleio countio framebufferio gamepadshift i2cperipheral i2ctarget keypad neopixel_write nvm onewireio pulseio rgbmatrix rotaryio sdcardio sharpdisplay synthio terminalio touchio usb_cdc usb_hid usb_midi vectorio socketpool"},
	{"micro:bit", "microbit"},
	{"Pythonista", "objc_util appex"},
	{"Pyodide", "pyodide_js js"},
	{"Brython", "browser"},
	{"Python on Windows", "_winreg"},
	{"Python on the Macintosh", "Carbon MacOS macfs EasyDialogs aepack aetools autoGIL"},
	{"Jython", "java javax org.python com.ziclix jarray"},
	{"IronPython", "System Microsoft IronPython"},
	{"Splunk", "splunk"},
	{"mod_wsgi and mod_python", "mod_python _apache"},
	{"Apache Subversion", "svn.core svn.fs svn.repos svn.delta libsvn"},
	{"GNU Radio", "gnuradio osmosdr"},
	{"KiCad", "pcbnew eeschema"},
	{"OBS Studio", "obspython"},
	{"NVDA", "globalPluginHandler appModuleHandler addonHandler scriptHandler speechDictHandler"},
	{"Calibre", "calibre calibre_plugins"},
	{"Renpy", "renpy"},
	{"Xen", "xen"},
	{"the libraries of a Linux distribution", "apt apt_pkg apt_inst aptdaemon softwareproperties CommandNotFound dnf hawkey libdnf libdnf5 rpmUtils yum portage gentoolkit UpdateManager debconf lsb_release"},
	{"SELinux", "sepolicy sepolgen seobject"},
}

// hostModules are the modules of hosts, with what has them. They are made when
// one is asked for: most runs ask for none.
var hostModules = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, h := range hosts {
		for _, m := range strings.Fields(h.modules) {
			out[m] = h.host
		}
	}
	return out
})

// hostOf gives the program whose own an imported module is; empty: none is known.
func hostOf(r *extract.Reference) string {
	if h, ok := hostModules()[r.Name]; ok {
		return h
	}
	// "google.colab" is a host's, "google.cloud" is not.
	for m := r.Module; strings.Contains(m, "."); m = m[:strings.LastIndexByte(m, '.')] {
		if h, ok := hostModules()[m]; ok {
			return h
		}
	}
	// "from google import colab"
	host := ""
	for _, n := range r.Names {
		h, ok := hostModules()[r.Module+"."+n]
		if !ok {
			return ""
		}
		host = h
	}
	return host
}
