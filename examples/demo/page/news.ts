// What the server tells this page: its number, and who else is plugged in. The page's number is its own while this is open.

import { NEWS, type News, SOCKETS } from "../messages.js";

const AGAIN_MS = 2_000;

/** A WebSocket to the server that this page is from. */
export function socketUrl(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${SOCKETS}${path}`;
}

/** Hears the server's news, and again after it was gone; `seat` asks for the number that the page had. Resolves with the first. */
export function openNews(onnews: (news: News | undefined) => void): Promise<News> {
  let seat: number | undefined;
  return new Promise((resolve, reject) => {
    const open = () => {
      const socket = new WebSocket(socketUrl(`${NEWS}${seat === undefined ? "" : `?seat=${seat}`}`));
      socket.onmessage = ({ data }) => {
        const news = JSON.parse(data as string) as News;
        seat = news.seat;
        resolve(news);
        onnews(news);
      };
      socket.onclose = ({ reason }) => {
        if (seat === undefined) reject(new Error(reason || "the server of this page does not answer"));
        else {
          onnews(undefined);
          setTimeout(open, AGAIN_MS);
        }
      };
    };
    open();
  });
}
