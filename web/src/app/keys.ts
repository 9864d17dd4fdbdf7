const NAMES: Record<string, string> = {
	ctrl: 'Ctrl',
	shift: 'Shift',
	arrowleft: '←',
	arrowright: '→',
	arrowup: '↑',
	arrowdown: '↓',
	escape: 'Esc',
	enter: 'Enter',
	home: 'Home',
	end: 'End',
	pageup: 'Page up',
	pagedown: 'Page down',
	delete: 'Delete',
	backspace: 'Backspace',
	' ': 'Space',
};

/** Keys as they stand on a keyboard: `ctrl+shift+z` is `Ctrl Shift Z`. A plus at the end is the key itself. */
export function spokenKeys(keys: string): string {
	const parts = keys.split(/\+(?=.)/);
	return parts.map((part) => NAMES[part] ?? part.toUpperCase()).join(' ');
}
