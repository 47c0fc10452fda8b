//! A long table in pages. Asked for in one piece, it would be new memory beside what the looks
//! have left behind; pages find their place in that.

/// Entries of a page: with the 64 bytes of a filing, pages that allocators take from what was
/// given back to them, and not from the system.
const PAGE: usize = 1_024;

/// A table that grows by pages, all but the last one full.
#[derive(Debug)]
pub(in crate::spool) struct Pages<T>(Vec<Vec<T>>);

impl<T> Default for Pages<T> {
    fn default() -> Pages<T> {
        Pages(Vec::new())
    }
}

impl<T> Pages<T> {
    pub(in crate::spool) fn push(&mut self, entry: T) {
        match self.0.last_mut() {
            Some(page) if page.len() < PAGE => page.push(entry),
            _ => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(entry);
                self.0.push(page);
            }
        }
    }

    /// Takes what another one holds, page by page: no two copies of all are held.
    pub(super) fn append(&mut self, other: Pages<T>) {
        other.0.into_iter().flatten().for_each(|entry| self.push(entry));
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / PAGE)?.get(at % PAGE)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at / PAGE)?.get_mut(at % PAGE)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    /// Finds an entry by a key by which all are sorted.
    pub(super) fn find<K: Ord>(&self, key: K, of: impl Fn(&T) -> K) -> Option<&T> {
        let behind = self.0.partition_point(|page| page.first().is_some_and(|one| of(one) <= key));
        let page = self.0.get(behind.checked_sub(1)?)?;
        page.get(page.binary_search_by_key(&key, of).ok()?)
    }
}

impl<T> FromIterator<T> for Pages<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Pages<T> {
        let mut pages = Pages::default();
        entries.into_iter().for_each(|entry| pages.push(entry));
        pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_their_order_whatever_pages_they_came_in() {
        for (first, second) in [(0, 0), (0, 5), (PAGE, 1), (PAGE - 1, PAGE + 2), (3 * PAGE + 7, 9)]
        {
            let (first, all) = (first as u64, (first + second) as u64);
            // Every third number, so that there are keys between.
            let mut pages: Pages<u64> = (0..first).map(|n| 3 * n).collect();
            pages.append((first..all).map(|n| 3 * n).collect());
            assert!(pages.iter().copied().eq((0..all).map(|n| 3 * n)));
            for at in 0..all {
                assert_eq!(pages.get(at as usize), Some(&(3 * at)));
                assert_eq!(pages.find(3 * at, |n| *n), Some(&(3 * at)));
                assert_eq!(pages.find(3 * at + 1, |n| *n), None);
            }
            assert_eq!(pages.get(all as usize), None);
            if let Some(entry) = pages.get_mut(0) {
                *entry = 1;
                assert_eq!(pages.get(0), Some(&1));
            }
        }
    }
}
