//! The frames of a page, and a world of our own in each where the page's scripts cannot reach.

use super::cdp::{Cdp, Fault};
use crate::filing::Domain;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use url::Url;

/// Frames that are looked into.
const FRAMES: usize = 24;
/// Frames of other sites among them.
pub(super) const FOREIGN: usize = 8;

const EYES: &str = concat!(
    "(() => { 'use strict';\n",
    include_str!("walk.js"),
    include_str!("snapshot.js"),
    include_str!("layout.js"),
    "globalThis.beian = { pulse, scrollTo, snapshot, measure, sizeOfPage, drawFrames,\n",
    " closed: (node) => { const root = node.getRootNode();\n",
    "   if (root instanceof ShadowRoot) closedRoots.set(root.host, root); },\n",
    " frame: (element, number) => { frameNumbers.set(element, number);\n",
    "   frameElements.set(number, element); },\n",
    " measureFrame: (number) => measureFrame(frameElements.get(number)) };\n",
    "const frameElements = new Map(); })()"
);

/// A frame of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) id: String,
    /// Changes with each document that is loaded into it.
    pub(super) loader: String,
    pub(super) url: String,
    /// Its place among the frames; `None` for the main one.
    pub(super) parent: Option<usize>,
    /// Whether it and all around it belong to the page's own site.
    pub(super) own: bool,
}

/// One page's session.
pub(super) struct Session<'a> {
    pub(super) cdp: &'a Cdp,
    pub(super) id: String,
    /// Frame and loader → our world there.
    worlds: HashMap<(String, String), u64>,
}

impl<'a> Session<'a> {
    pub(super) fn new(cdp: &'a Cdp, id: String) -> Session<'a> {
        Session { cdp, id, worlds: HashMap::new() }
    }

    pub(super) async fn call(
        &self,
        method: &str,
        params: Value,
        within: Duration,
    ) -> Result<Value, Fault> {
        self.cdp.call(Some(&self.id), method, params, within).await
    }

    /// The frames, outer ones before inner ones.
    pub(super) async fn frames(&self, within: Duration) -> Result<Vec<Frame>, Fault> {
        let tree = self.call("Page.getFrameTree", json!({}), within).await?;
        let mut frames: Vec<Frame> = Vec::new();
        let (mut todo, mut foreign) = (vec![(tree.get("frameTree"), None)], 0);
        while let Some((node, parent)) = todo.pop() {
            let Some(node) = node.filter(|_| frames.len() < FRAMES) else { continue };
            let of = |name: &str| {
                let value = node.get("frame").and_then(|frame| frame.get(name));
                value.and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let outer = parent.and_then(|at: usize| frames.get(at));
            let (url, home) = (of("url"), frames.first().map(|main| main.url.clone()));
            let own = outer.is_none_or(|outer| outer.own && is_own(&url, home.as_deref()));
            if !own {
                foreign += 1;
                if foreign > FOREIGN {
                    continue;
                }
            }
            let at = frames.len();
            frames.push(Frame { id: of("id"), loader: of("loaderId"), url, parent, own });
            let children = node.get("childFrames").and_then(Value::as_array);
            todo.extend(children.into_iter().flatten().rev().map(|child| (Some(child), Some(at))));
        }
        if frames.is_empty() { Err(Fault::Refused("no frame".to_owned())) } else { Ok(frames) }
    }

    /// Our world in a frame, made where there is none yet.
    pub(super) async fn world(&mut self, frame: &Frame, within: Duration) -> Result<u64, Fault> {
        let key = (frame.id.clone(), frame.loader.clone());
        if let Some(world) = self.worlds.get(&key) {
            return Ok(*world);
        }
        let ask = json!({"frameId": frame.id, "worldName": "beian"});
        let made = self.call("Page.createIsolatedWorld", ask, within).await?;
        let world = made.get("executionContextId").and_then(Value::as_u64).unwrap_or_default();
        self.evaluate(world, EYES, within).await?;
        if self.worlds.len() > 500 {
            self.worlds.clear();
        }
        self.worlds.insert(key, world);
        Ok(world)
    }

    /// What an expression comes to in one of our worlds.
    pub(super) async fn ask<T: DeserializeOwned>(
        &mut self,
        frame: &Frame,
        expression: &str,
        within: Duration,
    ) -> Result<T, Fault> {
        let world = self.world(frame, within).await?;
        let value = match self.evaluate(world, expression, within).await {
            Ok(value) => value,
            Err(fault) => {
                // The document may be another one by now.
                self.worlds.remove(&(frame.id.clone(), frame.loader.clone()));
                return Err(fault);
            }
        };
        serde_json::from_value(value).map_err(|error| Fault::Refused(error.to_string()))
    }

    async fn evaluate(
        &self,
        world: u64,
        expression: &str,
        within: Duration,
    ) -> Result<Value, Fault> {
        let ask = json!({
            "expression": expression, "contextId": world,
            "returnByValue": true, "awaitPromise": false,
        });
        let mut said = self.call("Runtime.evaluate", ask, within).await?;
        if let Some(thrown) = said.get("exceptionDetails") {
            let why = thrown.pointer("/exception/description").and_then(Value::as_str);
            let why: String = why.unwrap_or("an exception").chars().take(300).collect();
            tracing::debug!(%why, "a question to a page failed");
            return Err(Fault::Refused(why));
        }
        Ok(said.pointer_mut("/result/value").map(Value::take).unwrap_or_default())
    }

    /// Calls a function of ours with a node of the document in place of `this`.
    pub(super) async fn with_node(
        &self,
        world: u64,
        node: u64,
        function: &str,
        within: Duration,
    ) -> Result<(), Fault> {
        let ask = json!({"backendNodeId": node, "executionContextId": world});
        let resolved = self.call("DOM.resolveNode", ask, within).await?;
        let Some(object) = resolved.pointer("/object/objectId").cloned() else {
            return Ok(());
        };
        let ask = json!({"objectId": object, "functionDeclaration": function});
        self.call("Runtime.callFunctionOn", ask, within).await.map(|_| ())
    }

    /// Tells our worlds of what scripts cannot see: closed shadow roots, and which element
    /// holds which frame.
    pub(super) async fn tell_hidden(
        &mut self,
        frames: &[Frame],
        within: Duration,
    ) -> Result<(), Fault> {
        for (frame, node) in self.closed_roots(frames, within).await? {
            let Some(frame) = frames.get(frame) else { continue };
            let world = self.world(frame, within).await?;
            let tell = "function () { beian.closed(this) }";
            let _ = self.with_node(world, node, tell, within).await;
        }
        for (number, frame) in frames.iter().enumerate() {
            let Some(parent) = frame.parent.and_then(|at| frames.get(at)) else { continue };
            let world = self.world(parent, within).await?;
            let ask = json!({"frameId": frame.id});
            let owner = self.call("DOM.getFrameOwner", ask, within).await;
            let owner = owner.ok().and_then(|owner| owner.get("backendNodeId")?.as_u64());
            let Some(owner) = owner else { continue };
            let tell = format!("function () {{ beian.frame(this, {number}) }}");
            let _ = self.with_node(world, owner, &tell, within).await;
        }
        Ok(())
    }

    /// A node within each closed shadow root, with the place of its frame.
    async fn closed_roots(
        &self,
        frames: &[Frame],
        within: Duration,
    ) -> Result<Vec<(usize, u64)>, Fault> {
        const ROOTS: usize = 200;
        let ask = json!({"computedStyles": []});
        let taken = self.call("DOMSnapshot.captureSnapshot", ask, within).await?;
        let text = |index: Option<u64>| {
            let strings = taken.get("strings").and_then(Value::as_array)?;
            strings.get(usize::try_from(index?).ok()?)?.as_str()
        };
        let mut found = Vec::new();
        let documents = taken.get("documents").and_then(Value::as_array);
        for document in documents.into_iter().flatten() {
            let id = text(document.get("frameId").and_then(Value::as_u64));
            let Some(frame) = frames.iter().position(|frame| Some(frame.id.as_str()) == id) else {
                continue;
            };
            let numbers = |path: &str| -> Vec<i64> {
                let list = document.pointer(path).and_then(Value::as_array);
                list.into_iter().flatten().filter_map(Value::as_i64).collect()
            };
            let inside = numbers("/nodes/shadowRootType/index");
            let kinds = numbers("/nodes/shadowRootType/value");
            let (parents, nodes) = (numbers("/nodes/parentIndex"), numbers("/nodes/backendNodeId"));
            let at = |list: &[i64], index: i64| list.get(usize::try_from(index).ok()?).copied();
            let closed: std::collections::HashSet<i64> = inside
                .iter()
                .zip(&kinds)
                .filter(|(_, kind)| text(u64::try_from(**kind).ok()) == Some("closed"))
                .map(|(index, _)| *index)
                .collect();
            // One node of each family is enough, those right below a root first: within a
            // closed root there may be another one.
            let mut families = std::collections::HashSet::new();
            let mut tops: Vec<(bool, i64)> = inside
                .iter()
                .filter(|index| closed.contains(index))
                .map(|index| (at(&parents, *index).unwrap_or(-1), *index))
                .filter(|(parent, _)| families.insert(*parent))
                .map(|(parent, index)| (closed.contains(&parent), index))
                .collect();
            tops.sort_unstable();
            let tops = tops.iter().map(|(_, index)| index);
            let tops = tops.filter_map(|index| u64::try_from(at(&nodes, *index)?).ok());
            found.extend(tops.map(|node| (frame, node)).take(ROOTS));
        }
        found.truncate(ROOTS);
        Ok(found)
    }
}

/// Whether a frame's address is of the page's own site.
fn is_own(frame: &str, home: Option<&str>) -> bool {
    let Ok(frame) = Url::parse(frame) else { return true };
    if !matches!(frame.scheme(), "http" | "https") {
        // `about:blank` and the like: made by the page.
        return frame.scheme() == "about";
    }
    let home = home.and_then(|home| Url::parse(home).ok());
    home.is_some_and(|home| site(&home) == site(&frame))
}

fn site(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let domain = Domain::parse(host).map(|domain| domain.registrable().to_owned());
    Some(domain.unwrap_or_else(|_| host.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_own_by_its_registrable_domain() {
        let home = Some("https://www.site.example/");
        assert!(is_own("http://foot.site.example/x", home));
        assert!(is_own("about:srcdoc", home) && is_own("", home));
        assert!(!is_own("https://other.example/", home));
        assert!(!is_own("data:text/html,x", home));
        assert!(is_own("http://192.0.2.1/a", Some("http://192.0.2.1/")));
    }
}
