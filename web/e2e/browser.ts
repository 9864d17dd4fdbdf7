import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.PIXLOG_CHROMIUM ?? '/usr/bin/chromium';
const ARGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** What somebody looks at the app with. */
export type Device = 'desktop' | 'dark' | 'phone';

const DEVICES: Record<Device, BrowserContextOptions> = {
	desktop: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
	dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
	phone: {
		viewport: { width: 390, height: 844 },
		deviceScaleFactor: 2,
		colorScheme: 'light',
		hasTouch: true,
		isMobile: true,
	},
};

export function launch(): Promise<Browser> {
	return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}

/** A page, and what it complained of. */
export interface Opened {
	page: Page;
	/** Says that complaints like this are to come: a server that a test has killed, a refusal that it provokes. */
	expect(...complaints: RegExp[]): void;
	/** Those that no one expected. */
	complaints(): string[];
	close(): Promise<void>;
}

/** Opens a page as a new visitor, with a storage of its own. */
export async function open(
	browser: Browser,
	url: string,
	device: Device = 'desktop',
	options: BrowserContextOptions = {},
): Promise<Opened> {
	const context = await browser.newContext({ ...DEVICES[device], ...options });
	const page = await context.newPage();
	const all = listen(page);
	const expected: RegExp[] = [];
	await page.goto(url);
	return {
		page,
		expect: (...complaints) => expected.push(...complaints),
		complaints: () => all.filter((text) => !expected.some((pattern) => pattern.test(text))),
		close: () => context.close(),
	};
}

/** Errors and warnings of the console, exceptions, and requests that failed. What the page itself ended is none. */
function listen(page: Page): string[] {
	const all: string[] = [];
	page.on('console', (message) => {
		const type = message.type();
		if (type !== 'error' && type !== 'warning') return;
		const { url } = message.location();
		all.push(`${type}: ${message.text()}${url ? ` (${url})` : ''}`);
	});
	page.on('pageerror', (error) => all.push(`exception: ${error.stack ?? error.message}`));
	page.on('requestfailed', (request) => {
		const reason = request.failure()?.errorText ?? '';
		if (reason !== 'net::ERR_ABORTED') all.push(`request: ${reason} (${request.method()} ${request.url()})`);
	});
	return all;
}
