import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@parvis/platform';

export interface RtmpServer {
	/** `rtmp://host:port/live`, to which a key is added. */
	url: string;
	/** Files it has recorded so far under a key, one a connection, oldest first. */
	recorded(key: string): Promise<string[]>;
	stop(): Promise<void>;
}

/** Debian's nginx with its RTMP module, which records what it is sent. */
export async function startRtmpServer(): Promise<RtmpServer> {
	const directory = await mkdtemp(join(tmpdir(), 'parvis-rtmp-'));
	await chmod(directory, 0o777);
	const port = await freePort();
	await writeFile(
		join(directory, 'nginx.conf'),
		`load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:${port}; chunk_size 4096;
	application live { live on; record all; record_path ${directory}; record_unique on; } } }
`,
	);
	const reachable = () =>
		new Promise<boolean>((resolve) => {
			const socket = connect(port, '127.0.0.1', () => {
				socket.destroy();
				resolve(true);
			});
			socket.once('error', () => resolve(false));
		});
	const child: ChildProcess = spawn('/usr/sbin/nginx', ['-c', join(directory, 'nginx.conf')], {
		stdio: 'ignore',
	});
	for (let tries = 0; !(await reachable()); tries++) {
		if (tries > 200 || child.exitCode !== null) throw new Error('nginx does not listen');
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	return {
		url: `rtmp://127.0.0.1:${port}/live`,
		async recorded(key) {
			const files = await readdir(directory);
			return files
				.filter((name) => name.startsWith(`${key}-`))
				.sort()
				.map((name) => join(directory, name));
		},
		async stop() {
			if (child.exitCode === null && child.signalCode === null) {
				const ended = new Promise((resolve) => child.once('exit', resolve));
				child.kill('SIGTERM');
				await ended;
			}
			await rm(directory, { recursive: true, force: true });
		},
	};
}
