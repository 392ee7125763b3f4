import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
	plugins: [
		sveltekit({
			adapter: adapter(),
			compilerOptions: { runes: true },
			// The pages of agents' phones register it, for themselves alone.
			serviceWorker: { register: false },
			// The document of /terrain is served under each of its addresses when there is no network.
			paths: { relative: false },
			// Only for the hash of the line that starts a page's script; hooks.server.ts writes the policy.
			csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
		}),
	],
	// Every file keeps its own address: a data: address would need a weaker content security policy.
	build: { assetsInlineLimit: 0 },
	// Bundled scripts are modules, so that they can load what they need when they need it.
	worker: { format: 'es' },
});
